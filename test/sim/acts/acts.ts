import type { InstalledPool } from '../../../src/model/installed.ts';
import type { Act, Play } from './act.ts';
import { FAILURES } from './failures.ts';
import { LIMITS } from './limits.ts';
import { LOAD } from './load.ts';
import { ORDERS } from './orders.ts';

const ALL: readonly Act[] = [...LOAD, ...ORDERS, ...FAILURES, ...LIMITS];
/** In one run. */
const ACTS_PER_RUN = 5;
/** Prime to the number of acts and to their pools: in time each act meets each pool. */
const STRIDE = 7;

/** The acts of a run, each with a pool of its own: every seed goes on where the one before ended. */
export function actsFor(play: Play & { seed: number }): { act: Act; installed: InstalledPool }[] {
  return Array.from({ length: ACTS_PER_RUN }, (_, i) => {
    const act = ALL[((play.seed * ACTS_PER_RUN + i) * STRIDE) % ALL.length] as Act;
    const installed = play.random.pick(play.installed.pools.filter(({ pool }) => act.isFor(pool)));
    return installed ? [{ act, installed }] : [];
  }).flat();
}
