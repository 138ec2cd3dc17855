import type { Pool } from '../../../src/model/pool.ts';
import { POOLS } from '../pools.ts';
import type { Random } from '../random.ts';
import type { Act } from './act.ts';
import { FAILURES } from './failures.ts';
import { LIMITS } from './limits.ts';
import { LOAD } from './load.ts';
import { ORDERS } from './orders.ts';

const ALL: readonly Act[] = [...LOAD, ...ORDERS, ...FAILURES, ...LIMITS];
/** In one run. */
const ACTS_PER_RUN = 5;
/** Prime to the number of acts: each run has some of all kinds. */
const STRIDE = 7;
/** Pools of a run at least. */
const LEAST_POOLS = 2;

/** An act, and the name of the pool that it is for. */
export interface Scheduled {
  act: Act;
  pool: Pool;
}

/** The acts of a run, each with a pool: every seed goes on where the one before ended. */
export function actsOf(seed: number, random: Random): Scheduled[] {
  return Array.from({ length: ACTS_PER_RUN }, (_, i) => {
    const act = ALL[((seed * ACTS_PER_RUN + i) * STRIDE) % ALL.length] as Act;
    const pool = random.pick(POOLS.filter(each => act.isFor(each)));
    return pool ? [{ act, pool }] : [];
  }).flat();
}

/** The pools of these acts, and some more if they are few. */
export function poolsOf(acts: readonly Scheduled[], random: Random): Pool[] {
  const found = new Set(acts.map(({ pool }) => pool));
  while (found.size < LEAST_POOLS) found.add(random.pick(POOLS) as Pool);
  return [...found];
}
