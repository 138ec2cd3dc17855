import type { Load } from '../../tools/load.ts';
import type { Machine } from '../../tools/machine/machine.ts';
import { underLoad } from './workers/workers.ts';

/** The rate of every row of docs/reliability.md, requests a second. */
const RATE = '--rate 200';

/** Compiles the sample worker where a sandboxed unit may run it. */
export const bringSearch = (m: Machine): Promise<string> =>
  m.run('cp -r services /srv/ && make -s -C /srv/services search');

/** Four C workers that answer one request at a time, in a few milliseconds; no autoscaling. */
export const crowd = (location: string, ports: string, more = ''): string => `[Pool]
Description=Crowd
Exec=/srv/services/search %i
Ports=${ports}
Min=4
Max=4
[Health]
Path=/?q=health
[Scale]
CPU=none
[Nginx]
Location=${location}
${more}`;

/** Runs an event under load, and prints the results of the requests. */
export async function row(
  m: Machine,
  what: string,
  path: string,
  during: () => Promise<unknown>,
  options = '',
): Promise<Load> {
  const load = await underLoad(m, path, during, `${RATE} ${options}`);
  console.log(`${what}: ${load.summary}`);
  return load;
}

/** Kills the controller a second after each start, while an action runs. Returns how often. */
export async function whileControllerDies(m: Machine, during: () => Promise<unknown>): Promise<number> {
  let [deaths, isOver] = [0, false];
  const killing = (async () => {
    for (; !isOver; deaths++) {
      await m.run(
        'until cgipool status >/dev/null 2>&1; do sleep 0.05; done; sleep 1; systemctl kill -s KILL cgipool.service',
      );
    }
  })();
  try {
    await during();
  } finally {
    isOver = true;
    await killing;
    await m.await('cgipool status', 20);
  }
  return deaths;
}
