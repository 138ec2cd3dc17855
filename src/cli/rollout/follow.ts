import { readInstalled } from '../../install/installed-store.ts';
import { Machine } from '../../install/machine.ts';
import { askStatus } from '../client.ts';
import { Failure } from '../failure.ts';
import { rolloutBound } from './bound.ts';
import type { Goal } from './verdict.ts';
import { failureOf, watch } from './watch.ts';

/** For how long a command on a pool may take at most, ms: as if it replaced all instances. */
async function boundOf(name: string): Promise<number> {
  const found = (await readInstalled(new Machine()))?.pools.find(({ pool }) => pool.name === name);
  if (!found) throw new Failure(`${name} is not installed any more`);
  const running = (await askStatus()).pools.find(pool => pool.name === name)?.instances.length;
  return rolloutBound(found.pool, running ?? 0, found.pool.slots.length);
}

/** Waits until a pool is as a command wants it, and prints each change of state. Throws Failure if it does not become so. */
export async function follow(pool: string, goal: Goal, what: string): Promise<void> {
  const bounds = new Map([[pool, await boundOf(pool)]]);
  const { endings } = await watch({ goal, bounds, installedAt: null });
  const failure = failureOf(endings, () => what);
  if (failure !== null) throw new Failure(failure);
}
