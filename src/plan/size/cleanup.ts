import { own } from '../../base/own.ts';
import type { InstalledPool } from '../../model/installed.ts';
import { isAlive, isVacant, type Unit } from '../../model/observed.ts';
import type { Action } from '../action.ts';
import { resetFailed, stop } from '../view/notes.ts';
import type { Filling } from '../view/pass.ts';
import { isWaiting } from '../view/slots.ts';
import type { World } from '../world.ts';

/** Resets failed units once their back-off has expired, so that `systemctl --failed` shows the present. */
export function clearFailed(pass: Filling): void {
  for (const [slot, unit] of pass.units)
    if (unit.active === 'failed' && !unit.job && !isWaiting(pass, slot) && !isAlive(unit))
      resetFailed(pass, slot, 'back-off expired');
}

/**
 * An open socket (left by a stop by hand) would start an instance on a connection; a failed one keeps its unit loaded.
 */
function close(pass: Filling, { slot, held, socketFailed }: Unit): void {
  if (held) stop(pass, slot, 'its socket is open, but no instance serves it');
  else if (socketFailed) resetFailed(pass, slot, 'its socket failed');
}

/** Closes or resets sockets without an instance. */
export function closeSockets(pass: Filling): void {
  const starting = new Set(pass.actions.flatMap(a => (a.kind === 'start' ? [a.slot] : [])));
  for (const [slot, unit] of pass.units) if (isVacant(unit) && !starting.has(slot)) close(pass, unit);
}

const reason = 'the pool is no longer installed';

function end({ pool, slot, active, job, held, socketFailed }: Unit, live: World['published']): Action[] {
  if (job) return [];
  if (active === 'failed' || (socketFailed && !isAlive({ active })))
    return [{ kind: 'resetFailed', pool, slot, reason }];
  const served = own(live?.live, pool)?.includes(slot);
  return (held || isAlive({ active })) && !served ? [{ kind: 'stop', pool, slot, held, reason }] : [];
}

/** Stops instances of pools that are no longer installed once they are unpublished, and resets failed ones. */
export function endOrphans(
  pools: readonly InstalledPool[],
  { units, published, publishing }: World,
): Action[] {
  // a running publish step may have read the previous pools
  if (publishing) return [];
  const names = new Set(pools.map(p => p.pool.name));
  return units.filter(unit => !names.has(unit.pool)).flatMap(unit => end(unit, published));
}
