import { mkdirSync, writeFileSync } from 'node:fs';
import { isAlive, named, running } from '../processes.ts';
import { sh, trySh, until } from '../shell.ts';
import { ports, putSite } from '../site.ts';
import type { Subject } from '../subject.ts';
import { folderOf } from './folder.ts';
import { WSGI } from './wsgi.ts';

const [NAME, FIRST, PORT] = ['passenger', 16_000, 9009];
const folder = folderOf(NAME);
const pidFile = `--pid-file ${folder}/pid`;
const program = `${folder}/passenger_wsgi.py`;
/** Debian's Python, like uWSGI's plugin: the first in the PATH may be a wrapper script. */
const PYTHON = '/usr/bin/python3';

/** The last two options: there is no network for its update check and telemetry. */
const OPTIONS = `--engine builtin --daemonize --address 127.0.0.1 --port ${FIRST} ${pidFile} --environment production \
--app-type wsgi --startup-file ${program} --python ${PYTHON} \
--disable-security-update-check --disable-anonymous-telemetry`;

const begin = (min: number, max: number, more = ''): Promise<string> =>
  sh(`passenger start ${folder} ${OPTIONS} --min-instances ${min} --max-pool-size ${max} ${more}`);

/** Not the shell and the helper that start a worker: they have another command line. */
const workers = (): number[] => running(`${PYTHON} /usr/share/passenger/helper-scripts/wsgi-loader.py`);

/** Its processes by their titles, without the helpers that start a worker. */
const managers = (): number[] =>
  ['Passenger watchdog', 'Passenger core', 'PassengerAgent temp-dir-toucher'].flatMap(named).filter(isAlive);

/** The watchdog has another title while it cleans up. */
const isGone = (): boolean => ![...named('Passenger'), ...workers()].some(isAlive);

export const passenger: Subject = {
  name: NAME,
  about:
    "Passenger Standalone with its built-in engine (Debian has no module of it for nginx), behind nginx, uWSGI's Python program; it starts one worker after the other, the first 2 s after its own start when nobody asks before; where the load grows, --pool-idle-time 5 in place of 300",
  url: `http://127.0.0.1:${PORT}/?delay=5`,
  not: {},
  first: null,
  // no `heals`: --max-request-time, which ends slow requests, is in its Enterprise edition only
  most: { count: 20, why: 'it starts one after the other, and 50 take it some 10 s in each round' },
  async prepare() {
    mkdirSync(folder, { recursive: true });
    writeFileSync(program, WSGI);
  },
  layOut: () => putSite({ name: NAME, port: PORT, endpoints: ports(FIRST, 1) }),
  async start(count) {
    await begin(count, count);
  },
  startElastic: async (min, max) => {
    await begin(min, max, '--pool-idle-time 5');
  },
  async stop() {
    await trySh(`passenger stop ${pidFile}`);
    await until(isGone, 20_000, 20);
  },
  workers: async () => workers(),
  managers: async () => managers(),
  async restart() {
    await sh(`passenger-config restart-app ${folder}`);
  },
};
