import { writeFileSync } from 'node:fs';
import { numbers, sh, trySh } from '../shell.ts';
import { type Checks, ports, putSite } from '../site.ts';
import type { Subject } from '../subject.ts';
import { installWorker, workerOf, workersOf } from './folder.ts';

const UNIT = `[Unit]
StartLimitIntervalSec=0
[Service]
Type=exec
ExecStart=${workerOf('systemd')} %i
Restart=always
RestartSec=100ms
`;

/** cgipool's unit of a pool, with its sandbox, for another program. */
const sandboxed = async (): Promise<string> =>
  (await sh('cat /etc/systemd/system/cgipool-bench@.service'))
    .replaceAll(workerOf('cgipool'), workerOf('tuned'))
    .replace(/^(Slice|Also|StartLimit\w+)=.*\n/gm, '')
    .replace('[Unit]', '[Unit]\nStartLimitIntervalSec=0');

interface Kind {
  name: string;
  about: string;
  first: number;
  port: number;
  checks: Checks;
  unit: () => Promise<string>;
}

/** Template units that systemd restarts, behind a static upstream. */
function templates({ name, about, first, port, checks, unit }: Kind): Subject {
  const slots = (count: number): string => `bench-${name}@{${first}..${first + count - 1}}`;
  let running = 0;
  return {
    name,
    about,
    url: `http://127.0.0.1:${port}/?delay=5`,
    not: { steady: 'nothing runs beside systemd itself, which is there anyway', step: 'it does not scale' },
    first,
    onSystemd: true,
    async prepare() {
      await installWorker(name);
      writeFileSync(`/etc/systemd/system/bench-${name}@.service`, await unit());
      await sh('systemctl daemon-reload');
    },
    layOut: count => putSite({ name, port, endpoints: ports(first, count), checks }),
    async start(count) {
      running = count;
      await sh(`systemctl start ${slots(count)}`);
    },
    async stop() {
      await trySh(`systemctl stop ${slots(running)}; systemctl reset-failed 'bench-${name}@*'`);
    },
    workers: () => workersOf(name),
    managers: async () => numbers('1'),
    async restart() {
      await sh(`systemctl restart ${slots(running)}`);
    },
  };
}

export const systemd = templates({
  name: 'systemd',
  about:
    'Template units, Restart=always, RestartSec=100ms (the default), no sandbox; a static upstream with the defaults of nginx',
  first: 10_000,
  port: 9001,
  checks: 'defaults',
  unit: async () => UNIT,
});

export const tuned = templates({
  name: 'tuned',
  about:
    'Template units with RestartSec=0 and the sandbox that cgipool gives; a static upstream with max_fails=0',
  first: 11_000,
  port: 9002,
  checks: 'none',
  unit: sandboxed,
});
