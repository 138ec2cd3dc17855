import type { InstalledPool } from '../pool/installed.ts';
import { own } from '../pool/own.ts';
import type { Action } from './action.ts';
import { isAlive, type Unit, type World } from './world.ts';

const reason = 'its pool is no longer installed';

function end({ pool, slot, active, job, held, socketFailed }: Unit, live: World['published']): Action[] {
  if (job) return [];
  if (active === 'failed' || (socketFailed && !isAlive({ active })))
    return [{ kind: 'resetFailed', pool, slot, reason }];
  const served = own(live?.live, pool)?.includes(slot);
  return (held || isAlive({ active })) && !served ? [{ kind: 'stop', pool, slot, held, reason }] : [];
}

/** Stops instances of pools that are no longer installed once nginx has let go of them, and clears the failed ones. */
export function endOrphans(
  pools: readonly InstalledPool[],
  { units, published, publishing }: World,
): Action[] {
  // a step under way may have read the pools of before
  if (publishing) return [];
  const names = new Set(pools.map(p => p.pool.name));
  return units.filter(unit => !names.has(unit.pool)).flatMap(unit => end(unit, published));
}
