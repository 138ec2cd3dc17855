import { own } from '../../base/own.ts';
import type { InstalledPool } from '../../model/installed.ts';
import { isAlive, type Unit } from '../../model/observed.ts';
import type { Action } from '../action.ts';
import { resetFailed, stop } from '../view/notes.ts';
import type { Filling } from '../view/pass.ts';
import { isIdle, isWaiting } from '../view/slots.ts';
import type { World } from '../world.ts';

/** Clears a failed unit once its wait is over, so that `systemctl --failed` tells of the present. */
export function clearFailed(pass: Filling): void {
  for (const [slot, unit] of pass.units)
    if (unit.active === 'failed' && !unit.job && !isWaiting(pass, slot) && !isAlive(unit))
      resetFailed(pass, slot, 'back-off expired');
}

/** As after a stop by hand: the socket would start an instance for whoever dials. A failed one keeps the unit loaded. */
function close(pass: Filling, { slot, held, socketFailed }: Unit): void {
  if (held) stop(pass, slot, 'systemd holds its socket, and no instance serves there');
  else if (socketFailed) resetFailed(pass, slot, 'its socket failed');
}

/** Closes and clears sockets on which nobody serves. */
export function closeSockets(pass: Filling): void {
  const starting = new Set(pass.actions.flatMap(a => (a.kind === 'start' ? [a.slot] : [])));
  for (const [slot, unit] of pass.units) if (isIdle(unit) && !starting.has(slot)) close(pass, unit);
}

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
