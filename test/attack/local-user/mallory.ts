import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import type { PoolStatus } from '../../../src/plan/status/report.ts';
import type { Random } from '../../sim/random.ts';
import type { Loot } from './loot.ts';

/** The attacker while he does something. */
export interface Mallory {
  dice: Random;
  loot: Loot;
  /** Aborted when he is to stop. */
  end: AbortSignal;
  /** Ports that he is after in this moment: never all of a pool. */
  taken: Set<number>;
}

/** Something that he does, for some seconds at most. */
export type Deed = (mallory: Mallory) => Promise<void>;

/** Goes on after some time, or at once in the end. */
export const hold = (ms: number, { end }: Mallory): Promise<void> =>
  setTimeout(ms, undefined, { signal: end }).catch(() => {});

/** As anybody may read it. */
export function statusOf(): PoolStatus[] {
  try {
    return JSON.parse(readFileSync('/run/cgipool-controller/status.json', 'utf8')).pools as PoolStatus[];
  } catch {
    return [];
  }
}

/** The ports of instances that run, of the pools that have ports. */
export const servingPorts = (...pools: string[]): number[] =>
  statusOf()
    .filter(({ name }) => pools.includes(name))
    .flatMap(({ instances }) => instances.map(({ slot }) => slot));

/** Some of a list, in random order. */
export function some<T>(dice: Random, list: readonly T[], count: number): T[] {
  const keyed = list.map(item => ({ item, key: dice.next() }));
  return keyed
    .sort((a, b) => a.key - b.key)
    .slice(0, count)
    .map(({ item }) => item);
}
