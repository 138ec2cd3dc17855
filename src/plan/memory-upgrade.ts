import { isObject } from '../pool/shape.ts';
import { newInstance, newMemory, newPoolMemory } from './memory.ts';

/** What is known, and the defaults for what is not there yet. */
const complete = (defaults: object, known: unknown): unknown =>
  isObject(known) ? { ...defaults, ...known } : known;

const each = (record: unknown, change: (value: unknown) => unknown): unknown =>
  isObject(record)
    ? Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]))
    : record;

function pool(known: unknown): unknown {
  if (!isObject(known)) return known;
  const instances = each(known.instances, instance => complete(newInstance('', 0, 0), instance));
  return { ...newPoolMemory(1), ...known, instances };
}

/**
 * The memory of an earlier version of the program with what has come since: a pool that was stopped or scaled by hand stays
 * so over an update. What is there is not judged here.
 */
export const upgraded = (known: unknown): unknown =>
  isObject(known) ? { ...newMemory(), ...known, pools: each(known.pools, pool) } : known;
