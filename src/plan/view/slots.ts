import { socketPath, unitName } from '../../model/names.ts';
import { isVacant } from '../../model/observed.ts';
import { isRouted } from '../../model/traits.ts';
import { desired } from './desired.ts';
import type { View } from './pass.ts';

/** nginx may send to it: it is or was a slot of the pool. */
export const mayServe = (pass: View, slot: number): boolean => pass.servable.has(slot);

/** systemd listens there for us (Listen=fd). */
const isHeld = (pass: View, slot: number): boolean => pass.units.get(slot)?.held ?? false;

/**
 * Whether somebody listens where nginx and clients find the instance. With Listen=fd systemd does, whatever the worker does; and who is
 * not in nginx need not. A socket file goes with the life that made it, and its listener may be in a network namespace of its own.
 */
export function listens({ world, pool }: View, slot: number): boolean {
  if (pool.activated || !isRouted(pool)) return true;
  return pool.listen === 'unix'
    ? world.socketFiles.has(socketPath(pool.name, slot))
    : world.listening.has(slot);
}

/** The user of another program that listens on an instance's port, for people; null if there is none. */
export const strangerAt = ({ world, pool }: View, slot: number): string | null =>
  world.strangers.get(unitName(pool.name, slot)) ?? null;

/** Slots on whose port another program listens. */
export const takenByStrangers = (pass: View): number[] =>
  pass.pool.listen === 'tcp'
    ? pass.pool.slots.filter(
        slot => isVacant(pass.units.get(slot)) && pass.world.listening.has(slot) && !isHeld(pass, slot),
      )
    : [];

/** How many of the desired instances the slots allow. */
export const attainable = (pass: View): number =>
  Math.min(desired(pass), pass.pool.slots.length - takenByStrangers(pass).length);

/** The slot backs off after a failure. */
export const isWaiting = ({ memory, now }: View, slot: number): boolean =>
  (memory.slotFailures[slot]?.until ?? 0) > now;

/** Unused slots, including those in back-off. */
export function spareSlots(pass: View): number[] {
  const taken = new Set(takenByStrangers(pass));
  return pass.pool.slots.filter(slot => isVacant(pass.units.get(slot)) && !taken.has(slot));
}

/** Slots on which an instance can start now: those without failures first, then the lowest. */
export function freeSlots(pass: View): number[] {
  const { slotFailures } = pass.memory;
  const count = (slot: number): number => slotFailures[slot]?.count ?? 0;
  return spareSlots(pass)
    .filter(slot => !isWaiting(pass, slot))
    .sort((a, b) => count(a) - count(b) || a - b);
}
