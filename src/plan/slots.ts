import type { Look } from './look.ts';
import type { Unit } from './world.ts';

const isIdle = (unit: Unit | undefined): boolean =>
  !unit || ((unit.active === 'failed' || unit.active === 'inactive') && !unit.job);

/** Slots on whose port a program listens that is not ours. */
export const takenByStrangers = (look: Look): number[] =>
  look.pool.listen === 'tcp'
    ? look.pool.slots.filter(slot => isIdle(look.units.get(slot)) && look.world.listening.has(slot))
    : [];

/** Slots on which an instance can be started now: those without failures first, then the lowest. */
export function freeSlots(look: Look): number[] {
  const { pool, units, memory, now } = look;
  const strangers = new Set(takenByStrangers(look));
  const count = (slot: number): number => memory.slotFailures[slot]?.count ?? 0;
  return pool.slots
    .filter(slot => isIdle(units.get(slot)) && !strangers.has(slot))
    .filter(slot => (memory.slotFailures[slot]?.until ?? 0) <= now)
    .sort((a, b) => count(a) - count(b) || a - b);
}
