import { unitName } from '../../model/names.ts';
import type { Unit } from '../../model/observed.ts';
import { desired } from './desired.ts';
import type { View } from './pass.ts';

/** nginx may send to it: it is a slot of the pool, or was one. */
export const mayServe = (pass: View, slot: number): boolean => pass.servable.has(slot);

/** Nothing runs there, or is about to. */
export const isIdle = (unit: Unit | undefined): boolean =>
  !unit || ((unit.active === 'failed' || unit.active === 'inactive') && !unit.job);

/** What listens there is systemd, for us. */
const isHeld = (pass: View, slot: number): boolean => pass.units.get(slot)?.held ?? false;

/** Who else listens on an instance's port, in words; null: nobody. */
export const strangerAt = ({ world, pool }: View, slot: number): string | null =>
  world.strangers.get(unitName(pool.name, slot)) ?? null;

/** Slots on whose port a program listens that is not ours. */
export const takenByStrangers = (pass: View): number[] =>
  pass.pool.listen === 'tcp'
    ? pass.pool.slots.filter(
        slot => isIdle(pass.units.get(slot)) && pass.world.listening.has(slot) && !isHeld(pass, slot),
      )
    : [];

/** How many instances there can be of those desired. */
export const attainable = (pass: View): number =>
  Math.min(desired(pass), pass.pool.slots.length - takenByStrangers(pass).length);

/** Its instances failed of late: it is left alone for a while. */
export const isWaiting = ({ memory, now }: View, slot: number): boolean =>
  (memory.slotFailures[slot]?.until ?? 0) > now;

/** Slots that nobody uses, whether or not one has to wait after a failure. */
export function spareSlots(pass: View): number[] {
  const strangers = new Set(takenByStrangers(pass));
  return pass.pool.slots.filter(slot => isIdle(pass.units.get(slot)) && !strangers.has(slot));
}

/** Slots on which an instance can be started now: those without failures first, then the lowest. */
export function freeSlots(pass: View): number[] {
  const { slotFailures } = pass.memory;
  const count = (slot: number): number => slotFailures[slot]?.count ?? 0;
  return spareSlots(pass)
    .filter(slot => !isWaiting(pass, slot))
    .sort((a, b) => count(a) - count(b) || a - b);
}
