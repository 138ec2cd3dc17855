import { err, ok, type Result } from '../base/result.ts';
import type { Pool } from '../model/pool.ts';

type Range = { min: number; max: number };

const bounds = (spec: string): Range | null => {
  const match = /^(\d{1,4})(?:\.\.(\d{1,4}))?$/.exec(spec.trim());
  return match ? { min: Number(match[1]), max: Number(match[2] ?? match[1]) } : null;
};

/** Whether the syntax is valid, regardless of a pool. */
export const isSpec = (spec: string): boolean => spec.trim() === 'auto' || bounds(spec) !== null;

/** Parses `3`, `2..5` or `auto` (null), within the pool's slots. */
export function parseSpec(pool: Pool, spec: string): Result<Range | null> {
  if (spec.trim() === 'auto') return ok(null);
  const range = bounds(spec);
  if (!range) return err(`${spec}: give a number (3), a range (2..5) or auto`);
  if (range.min > range.max) return err(`${spec}: the first number is greater than the second`);
  if (range.min < 1) return err(`${spec}: at least 1; to run none, use cgipool stop ${pool.name}`);
  const slots = pool.slots.length;
  if (range.max > slots)
    return err(`${spec}: pool ${pool.name} has only ${slots} slots: widen Ports= or Slots=`);
  return ok(range);
}
