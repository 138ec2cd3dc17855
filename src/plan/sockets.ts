import { act, type Look } from './look.ts';
import { isIdle } from './slots.ts';
import type { Unit } from './world.ts';

/** As after a stop by hand: the socket would start an instance for whoever dials. A failed one keeps the unit loaded. */
function close(look: Look, { slot, held, socketFailed }: Unit): void {
  if (held) act(look, 'stop', slot, 'systemd holds its socket, and no instance serves there');
  else if (socketFailed) act(look, 'resetFailed', slot, 'its socket failed');
}

/** Closes and clears sockets on which nobody serves. */
export function closeSockets(look: Look): void {
  const starting = new Set(look.actions.flatMap(a => (a.kind === 'start' ? [a.slot] : [])));
  for (const [slot, unit] of look.units) if (isIdle(unit) && !starting.has(slot)) close(look, unit);
}
