import { own } from '../../base/own.ts';
import type { InstalledPool } from '../../model/installed.ts';
import type { Pool } from '../../model/pool.ts';
import type { InstanceMemory } from './instance.ts';
import { type Memory, newPoolMemory, type PoolEvent, type PoolMemory } from './memory.ts';

/** Slots of a pool that are kept up together: those that serve, or those that stand by for them (Backup=). */
export interface Tier {
  installed: InstalledPool;
  backup: boolean;
  /** What its memory is kept under; no pool's name has a dot. */
  key: string;
}

const keyOf = (name: string, backup: boolean): string => (backup ? `${name}.backup` : name);

/** All slots that stand by shall run, whatever the load. */
function backupTier({ pool, ...rest }: InstalledPool): Tier {
  const slots = pool.nginx.backup;
  const own = { ...pool, slots, min: slots.length, max: slots.length, schedules: [] };
  return { installed: { ...rest, pool: own, retired: [] }, backup: true, key: keyOf(pool.name, true) };
}

/** Each is kept up by itself, by the same rules. */
export function tiersOf(installed: InstalledPool): Tier[] {
  const { pool } = installed;
  const { backup } = pool.nginx;
  if (backup.length === 0) return [{ installed, backup: false, key: pool.name }];
  const slots = pool.slots.filter(slot => !backup.includes(slot));
  const main = { installed: { ...installed, pool: { ...pool, slots } }, backup: false, key: pool.name };
  return [main, backupTier(installed)];
}

/** Whether a slot belongs to this tier; one that the pool does not have is with those that serve. */
export const isOf = ({ installed: { pool }, backup }: Tier, slot: number): boolean =>
  pool.nginx.backup.includes(slot) === backup;

export const memoryOf = (memory: Memory, { key, installed }: Tier): PoolMemory =>
  own(memory.pools, key) ?? newPoolMemory(installed.pool.min);

/** The events of all tiers of a pool, oldest first. */
export const eventsOf = (memory: Memory, name: string): PoolEvent[] =>
  [false, true]
    .flatMap(backup => own(memory.pools, keyOf(name, backup))?.events ?? [])
    .sort((a, b) => a.at - b.at);

/** What is remembered of an instance. */
export const instanceOf = (memory: Memory, { name, nginx }: Pool, slot: number): InstanceMemory | undefined =>
  own(memory.pools, keyOf(name, nginx.backup.includes(slot)))?.instances[slot];
