import type { Pool } from '../../../src/model/pool.ts';
import { POOLS } from '../pools.ts';
import type { Random } from '../random.ts';
import type { Act } from './act.ts';
import { FAILURES } from './failures.ts';
import { LIMITS } from './limits.ts';
import { LOAD } from './load.ts';
import { ORDERS } from './orders.ts';

export const ALL: readonly Act[] = [...LOAD, ...ORDERS, ...FAILURES, ...LIMITS];
/** In one run. */
export const ACTS_PER_RUN = 5;
/** Prime to the number of acts: each run has some of all kinds. */
const STRIDE = 11;
/** Pools of a run at least. */
const LEAST_POOLS = 3;

/** An act, and the name of the pool that it is for. */
export interface Scheduled {
  act: Act;
  pool: Pool;
}

/** The acts of a run, each with a pool: every seed goes on where the one before ended. Few pools make quick passes. */
export function actsOf(seed: number, random: Random): Scheduled[] {
  const found: Scheduled[] = [];
  for (let i = 0; i < ACTS_PER_RUN; i++) {
    const act = ALL[((seed * ACTS_PER_RUN + i) * STRIDE) % ALL.length] as Act;
    const fit = POOLS.filter(each => act.isFor(each));
    const known = fit.filter(each => found.some(({ pool }) => pool === each));
    const pool = random.pick(known.length > 0 && random.chance(0.8) ? known : fit);
    if (pool) found.push({ act, pool });
  }
  return found;
}

/** The pools of these acts, and some more if they are few. */
export function poolsOf(acts: readonly Scheduled[], random: Random): Pool[] {
  const found = new Set(acts.map(({ pool }) => pool));
  while (found.size < LEAST_POOLS) found.add(random.pick(POOLS) as Pool);
  return [...found];
}
