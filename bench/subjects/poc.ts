import { spawn } from 'node:child_process';
import { isAlive, signal } from '../processes.ts';
import { until } from '../shell.ts';
import { ports, putSite } from '../site.ts';
import type { Subject } from '../subject.ts';
import { installWorker, workerOf, workersOf } from './folder.ts';

const [NAME, FIRST, PORT] = ['poc', 12_000, 9003];
let manager = 0;
let [running, seconds] = [0, 5];

/** Sets its poll interval, s, from the next start on; 5 s is its own. */
export function pollEvery(interval: number): void {
  seconds = interval;
}

export const poc: Subject = {
  name: NAME,
  about:
    'The proof of concept: starts one worker after the other, 0.1 s apart, polls their health every 5 s, does not reload nginx; the static upstream has the defaults of nginx',
  url: `http://127.0.0.1:${PORT}/?delay=5`,
  not: { step: 'it does not scale' },
  first: FIRST,
  most: { count: 50, why: 'it starts ten a second, so that 200 take it 20 s in each round' },
  // it kills a hung worker after 6 s at most; nginx then avoids the new one for 10 s, which is not awaited here
  heals: 6_000,
  prepare: () => installWorker(NAME),
  layOut: count => putSite({ name: NAME, port: PORT, endpoints: ports(FIRST, count) }),
  async start(count) {
    running = count;
    const args = ['bench/subjects/poc-manager.mjs', workerOf(NAME), FIRST, count, seconds].map(String);
    manager = spawn('node', args, { stdio: 'ignore', detached: true }).pid ?? 0;
  },
  async stop() {
    signal(manager, 'SIGTERM');
    await until(() => !isAlive(manager), 10_000);
    for (const pid of await workersOf(NAME)) signal(pid, 'SIGKILL');
  },
  workers: () => workersOf(NAME),
  managers: async () => [manager],
  async restart() {
    // it has no other way
    await this.stop();
    await this.start(running);
  },
};
