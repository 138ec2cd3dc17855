import { act, type Look } from './look.ts';
import { isIdle } from './slots.ts';

/** Closes sockets on which nobody serves: as after a stop by hand, they would start an instance for whoever dials. */
export function closeSockets(look: Look): void {
  const starting = new Set(look.actions.flatMap(a => (a.kind === 'start' ? [a.slot] : [])));
  for (const [slot, unit] of look.units)
    if (unit.held && isIdle(unit) && !starting.has(slot))
      act(look, 'stop', slot, 'systemd holds its socket, and no instance serves there');
}
