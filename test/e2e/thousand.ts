import type { Machine } from '../../tools/machine/machine.ts';
import { bringSearch } from './chaos.ts';

const [POOLS, EACH] = [100, 10];
/** How many instances there are. */
export const THOUSAND = POOLS * EACH;

const FIRST_PORT = 20_000;
const portsOf = (i: number): [first: number, last: number] => [
  FIRST_PORT + EACH * i,
  FIRST_PORT + EACH * i + EACH - 1,
];

const poolFile = (i: number): string => `[Pool]
Exec=/srv/services/search %i
Ports=${portsOf(i).join('-')}
Min=${EACH}
Max=${EACH}
[Health]
Path=/?q=health
[Scale]
CPU=none
[Nginx]
Location=/crowd${i}
`;

const numbers = Array.from({ length: POOLS }, (_, i) => i);

/** The units of all instances, as words of a shell. */
export const thousandUnits = numbers
  .flatMap(i =>
    Array.from({ length: EACH }, (_, k) => `cgipool-crowd${i}@${(portsOf(i)[0] ?? 0) + k}.service`),
  )
  .join(' ');

/** Installs cgipool with one pool of ten, and leaves the files of 99 more for an install. */
export async function bringThousand(m: Machine): Promise<void> {
  await bringSearch(m);
  await m.pool('crowd0', poolFile(0));
  await m.install('--no-samples');
  for (const i of numbers) await m.pool(`crowd${i}`, poolFile(i));
}

/** How many instances are healthy and in nginx. */
export async function countServing(m: Machine): Promise<number> {
  const { pools } = await m.status();
  const serving = pools.flatMap(pool => pool.instances).filter(i => i.published && i.state === 'healthy');
  return serving.length;
}
