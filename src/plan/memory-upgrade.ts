import { filled } from '../pool/filled.ts';
import { isObject } from '../pool/shape.ts';
import { newInstance, newMemory, newPoolMemory } from './memory.ts';

const each = (record: unknown, change: (value: unknown) => unknown): unknown =>
  isObject(record)
    ? Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]))
    : record;

function pool(known: unknown): unknown {
  if (!isObject(known)) return known;
  const instances = each(known.instances, instance => filled(newInstance('', 0, 0), instance));
  return filled(newPoolMemory(1), { ...known, instances });
}

/**
 * The memory of an earlier version of the program with what has come since: a pool that was stopped or scaled by hand stays
 * so over an update. What is there is not judged here.
 */
export const upgraded = (known: unknown): unknown =>
  isObject(known) ? filled(newMemory(), { ...known, pools: each(known.pools, pool) }) : known;
