import { desired } from './desired.ts';
import type { Look } from './look.ts';
import type { Unit } from './world.ts';

/** nginx may send to it: it is a slot of the pool, or was one. */
export const mayServe = (look: Look, slot: number): boolean => look.servable.has(slot);

/** Nothing runs there, or is about to. */
export const isIdle = (unit: Unit | undefined): boolean =>
  !unit || ((unit.active === 'failed' || unit.active === 'inactive') && !unit.job);

/** What listens there is systemd, for us. */
const isHeld = (look: Look, slot: number): boolean => look.units.get(slot)?.held ?? false;

/** Slots on whose port a program listens that is not ours. */
export const takenByStrangers = (look: Look): number[] =>
  look.pool.listen === 'tcp'
    ? look.pool.slots.filter(
        slot => isIdle(look.units.get(slot)) && look.world.listening.has(slot) && !isHeld(look, slot),
      )
    : [];

/** How many instances there can be of those desired. */
export const attainable = (look: Look): number =>
  Math.min(desired(look), look.pool.slots.length - takenByStrangers(look).length);

/** Its instances failed of late: it is left alone for a while. */
export const isWaiting = ({ memory, now }: Look, slot: number): boolean =>
  (memory.slotFailures[slot]?.until ?? 0) > now;

/** Slots that nobody uses, whether or not one has to wait after a failure. */
export function spareSlots(look: Look): number[] {
  const strangers = new Set(takenByStrangers(look));
  return look.pool.slots.filter(slot => isIdle(look.units.get(slot)) && !strangers.has(slot));
}

/** Slots on which an instance can be started now: those without failures first, then the lowest. */
export function freeSlots(look: Look): number[] {
  const { slotFailures } = look.memory;
  const count = (slot: number): number => slotFailures[slot]?.count ?? 0;
  return spareSlots(look)
    .filter(slot => !isWaiting(look, slot))
    .sort((a, b) => count(a) - count(b) || a - b);
}
