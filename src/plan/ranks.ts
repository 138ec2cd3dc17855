import type { InstalledPool } from '../pool/installed.ts';
import { own } from '../pool/own.ts';
import type { Pool } from '../pool/pool.ts';
import { type InstanceMemory, type Memory, newPoolMemory, type PoolMemory } from './memory.ts';

/** A pool as it is looked at: those of its slots that serve, and apart from them those that stand by (Backup=). */
export interface Rank {
  installed: InstalledPool;
  standby: boolean;
  /** What its memory is kept under; no pool's name has a dot. */
  key: string;
}

const keyOf = (name: string, standby: boolean): string => (standby ? `${name}.backup` : name);

/** All slots that stand by shall run, whatever the load. */
function standby({ pool, ...rest }: InstalledPool): Rank {
  const slots = pool.nginx.backup;
  const own = { ...pool, slots, min: slots.length, max: slots.length, schedules: [] };
  return { installed: { ...rest, pool: own, retired: [] }, standby: true, key: keyOf(pool.name, true) };
}

/** Each is kept up by itself, by the same rules. */
export function ranksOf(installed: InstalledPool): Rank[] {
  const { pool } = installed;
  const { backup } = pool.nginx;
  if (backup.length === 0) return [{ installed, standby: false, key: pool.name }];
  const slots = pool.slots.filter(slot => !backup.includes(slot));
  const main = { installed: { ...installed, pool: { ...pool, slots } }, standby: false, key: pool.name };
  return [main, standby(installed)];
}

/** Whether a slot is looked at with this rank; one that the pool does not have is with those that serve. */
export const isOf = ({ installed: { pool }, standby }: Rank, slot: number): boolean =>
  pool.nginx.backup.includes(slot) === standby;

export const memoryOf = (memory: Memory, { key, installed }: Rank): PoolMemory =>
  own(memory.pools, key) ?? newPoolMemory(installed.pool.min);

/** What is remembered of an instance. */
export const instanceOf = (memory: Memory, { name, nginx }: Pool, slot: number): InstanceMemory | undefined =>
  own(memory.pools, keyOf(name, nginx.backup.includes(slot)))?.instances[slot];
