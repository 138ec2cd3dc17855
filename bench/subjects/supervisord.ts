import { mkdirSync, writeFileSync } from 'node:fs';
import { isAlive, named } from '../processes.ts';
import { sh, trySh, until } from '../shell.ts';
import { ports, putSite } from '../site.ts';
import type { Subject } from '../subject.ts';
import { folderOf, installWorker, workerOf, workersOf } from './folder.ts';

const [NAME, FIRST, PORT] = ['supervisord', 15_000, 9006];
const config = `${folderOf(NAME)}/supervisord.conf`;

const text = (count: number): string => `[supervisord]
pidfile=/run/bench-supervisord.pid
logfile=/dev/null
logfile_maxbytes=0
minfds=4096
[unix_http_server]
file=/run/bench-supervisord.sock
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix:///run/bench-supervisord.sock
[program:w]
command=${workerOf(NAME)} %(process_num)d
process_name=%(process_num)d
numprocs=${count}
numprocs_start=${FIRST}
autorestart=true
stdout_logfile=NONE
stderr_logfile=NONE
`;

const managers = (): number[] => named(`supervisord -c ${config}`).filter(isAlive);

export const supervisord: Subject = {
  name: NAME,
  about: 'autorestart=true, the C worker; a static upstream with the defaults of nginx',
  url: `http://127.0.0.1:${PORT}/?delay=5`,
  not: { step: 'it does not scale' },
  first: FIRST,
  async prepare() {
    await installWorker(NAME);
    mkdirSync(folderOf(NAME), { recursive: true });
  },
  layOut: count => putSite({ name: NAME, port: PORT, endpoints: ports(FIRST, count) }),
  async start(count) {
    writeFileSync(config, text(count));
    await sh(`supervisord -c ${config}`);
  },
  async stop() {
    await trySh(`supervisorctl -c ${config} shutdown`);
    await until(() => managers().length === 0, 20_000, 20);
  },
  workers: () => workersOf(NAME),
  managers: async () => managers(),
  async restart() {
    await sh(`supervisorctl -c ${config} restart all`);
  },
};
