import { own } from '../pool/own.ts';
import type { Schedule } from '../pool/pool.ts';
import type { Look } from './look.ts';

/** The schedule in force, or null. */
export function scheduled({ pool, world }: Look): Schedule | null {
  const name = own(world.schedules, pool.name);
  return pool.schedules.find(schedule => schedule.name === name) ?? null;
}

/**
 * The range in force: by hand, else the schedule's, else the pool file's; never more than there are slots, of which there
 * may be fewer now.
 */
export function range(look: Look): { min: number; max: number } {
  const { min, max } = look.memory.range ?? scheduled(look) ?? look.pool;
  const most = look.pool.slots.length;
  return { min: Math.min(min, most), max: Math.min(max, most) };
}

/** How many instances the pool should have now. */
export function desired(look: Look): number {
  if (look.memory.stopped) return 0;
  const { min, max } = range(look);
  return Math.min(Math.max(look.memory.target, min), max);
}
