import type { Look } from './look.ts';

/** The range in force: by hand, else the pool file's; never more than there are slots, of which there may be fewer now. */
export function range({ pool, memory }: Look): { min: number; max: number } {
  const { min, max } = memory.range ?? pool;
  const most = pool.slots.length;
  return { min: Math.min(min, most), max: Math.min(max, most) };
}

/** How many instances the pool should have now. */
export function desired(look: Look): number {
  if (look.memory.stopped) return 0;
  const { min, max } = range(look);
  return Math.min(Math.max(look.memory.target, min), max);
}
