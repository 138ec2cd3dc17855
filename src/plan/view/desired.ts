import { own } from '../../base/own.ts';
import type { Schedule } from '../../model/pool.ts';
import type { View } from './pass.ts';

/** The schedule in force, or null. */
export function scheduled({ pool, world }: View): Schedule | null {
  const name = own(world.schedules, pool.name);
  return pool.schedules.find(schedule => schedule.name === name) ?? null;
}

/**
 * The range in force: from `cgipool scale`, else the schedule's, else the pool file's; at most the number of slots,
 * which may have shrunk since.
 */
export function range(pass: View): { min: number; max: number } {
  const { min, max } = pass.memory.range ?? scheduled(pass) ?? pass.pool;
  const most = pass.pool.slots.length;
  return { min: Math.min(min, most), max: Math.min(max, most) };
}

/** How many instances the pool should have now. */
export function desired(pass: View): number {
  if (pass.memory.stopped) return 0;
  const { min, max } = range(pass);
  return Math.min(Math.max(pass.memory.target, min), max);
}
