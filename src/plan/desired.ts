import type { Look } from './look.ts';

/** The range in force: by hand, else the pool file's. */
export const range = (look: Look): { min: number; max: number } =>
  look.memory.range ?? { min: look.pool.min, max: look.pool.max };

/** How many instances the pool should have now. */
export function desired(look: Look): number {
  if (look.memory.stopped) return 0;
  const { min, max } = range(look);
  return Math.min(Math.max(look.memory.target, min), max);
}
