import { writeFileSync } from 'node:fs';
import { ask } from '../load.ts';
import type { Context, Row } from '../row.ts';
import { sh, until } from '../shell.ts';
import { ports, putSite } from '../site.ts';
import { installWorker, workerOf } from '../subjects/folder.ts';

const NAME = 'path';
const WORKERS = 4;

/** The lines of a pool file by the way that its workers listen. */
const POOLS: Record<string, string> = {
  tcp: `Exec=${workerOf(NAME)} %i\nPorts=8800-8803`,
  unix: `Exec=${workerOf(NAME)}\nListen=unix\nSlots=1-${WORKERS}`,
  fd: `Exec=${workerOf(NAME)}\nListen=fd\nSlots=1-${WORKERS}`,
};

const sockets = (pool: string): string[] =>
  Array.from({ length: WORKERS }, (_, i) => `unix:/run/cgipool/${pool}/${i + 1}/sock`);

/** The URLs to measure, by their name on the page. */
const WAYS: readonly (readonly [name: string, url: string])[] = [
  ['one worker, no nginx', 'http://127.0.0.1:8800/'],
  ['nginx by hand, tcp', 'http://127.0.0.1:9011/'],
  ['cgipool, tcp', 'http://127.0.0.1/path-tcp'],
  ['nginx by hand, unix', 'http://127.0.0.1:9012/'],
  ['cgipool, unix', 'http://127.0.0.1/path-unix'],
  ['nginx by hand, fd', 'http://127.0.0.1:9013/'],
  ['cgipool, fd', 'http://127.0.0.1/path-fd'],
];

/** Puts the same workers behind a static upstream, so that only the path differs. */
async function prepare(): Promise<void> {
  await installWorker(NAME);
  for (const [listen, lines] of Object.entries(POOLS)) {
    const pool = `[Pool]\n${lines}\nMin=${WORKERS}\nMax=${WORKERS}\n[Scale]\nCPU=none\n[Nginx]\nLocation=/path-${listen}\n`;
    writeFileSync(`/etc/cgipool/path-${listen}.pool`, pool);
  }
  await sh('cgipool install');
  await putSite({ name: 'path_tcp', port: 9011, endpoints: ports(8800, WORKERS), checks: 'none' });
  await putSite({ name: 'path_unix', port: 9012, endpoints: sockets('path-unix'), checks: 'none' });
  await putSite({ name: 'path_fd', port: 9013, endpoints: sockets('path-fd'), checks: 'none' });
  for (const [name, url] of WAYS)
    if ((await until(async () => (await ask(url)) !== null, 20_000, 50)) === null)
      throw new Error(`${name}: ${url} never answers`);
}

async function clean(): Promise<void> {
  await sh('rm /etc/cgipool/path-*.pool && cgipool install');
}

const FACTORS: Record<string, number> = { us: 0.001, ms: 1, s: 1000 };

/** A line such as `50%    1.23ms` of wrk's output, ms. */
function percentile(text: string, share: number): number | null {
  const [, value, unit = ''] = new RegExp(`^\\s+${share}%\\s+([\\d.]+)(us|ms|s)$`, 'm').exec(text) ?? [];
  const factor = FACTORS[unit];
  return value === undefined || factor === undefined ? null : Number(value) * factor;
}

async function drive(name: string, url: string, { notes }: Context): Promise<void> {
  const text = await sh(`wrk -t1 -c16 -d1s --latency ${url}`);
  if (/Non-2xx/.test(text)) throw new Error(`${name}: ${text}`);
  const rate = /^Requests\/sec:\s+([\d.]+)/m.exec(text)?.[1];
  notes.add('path', name, 'requests/s', '', rate === undefined ? null : Number(rate));
  notes.add('path', name, 'p50', 'ms', percentile(text, 50));
  notes.add('path', name, 'p99', 'ms', percentile(text, 99));
}

/** As many requests as possible, 16 at a time, to four workers that answer without delay. */
export const path: Row = {
  name: 'path',
  workers: 0,
  async together(_, context, rounds) {
    await prepare();
    // in both orders: later ones find warm caches
    const turn = [...WAYS, ...[...WAYS].reverse()];
    for (let round = 0; round < rounds; round++)
      for (const [name, url] of turn) await drive(name, url, context);
    await clean();
  },
};
