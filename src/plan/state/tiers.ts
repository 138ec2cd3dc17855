import { own } from '../../base/own.ts';
import type { InstalledPool } from '../../model/installed.ts';
import type { Pool } from '../../model/pool.ts';
import type { InstanceMemory } from './instance.ts';
import { type Memory, newPoolMemory, type PoolEvent, type PoolMemory } from './memory.ts';

/** Slots of a pool that are managed together: the main ones, or the backups (Backup=). */
export interface Tier {
  installed: InstalledPool;
  backup: boolean;
  /** The key of its memory: the pool's name, which has no dot, or the name and `.backup`. */
  key: string;
}

const keyOf = (name: string, backup: boolean): string => (backup ? `${name}.backup` : name);

/** All backups run, whatever the load. */
function backupTier({ pool, ...rest }: InstalledPool): Tier {
  const slots = pool.nginx.backup;
  const own = { ...pool, slots, min: slots.length, max: slots.length, schedules: [] };
  return { installed: { ...rest, pool: own, retired: [] }, backup: true, key: keyOf(pool.name, true) };
}

/** The tiers of a pool; the same rules run for each by itself. */
export function tiersOf(installed: InstalledPool): Tier[] {
  const { pool } = installed;
  const { backup } = pool.nginx;
  if (backup.length === 0) return [{ installed, backup: false, key: pool.name }];
  const slots = pool.slots.filter(slot => !backup.includes(slot));
  const main = { installed: { ...installed, pool: { ...pool, slots } }, backup: false, key: pool.name };
  return [main, backupTier(installed)];
}

/** Whether a slot belongs to this tier; slots that the pool does not have belong to the main one. */
export const isOf = ({ installed: { pool }, backup }: Tier, slot: number): boolean =>
  pool.nginx.backup.includes(slot) === backup;

export const memoryOf = (memory: Memory, { key, installed }: Tier): PoolMemory =>
  own(memory.pools, key) ?? newPoolMemory(installed.pool.min);

/** The events of all tiers of a pool, oldest first, with times of day. `epoch`: see World. */
export const eventsOf = (memory: Memory, name: string, epoch: number): PoolEvent[] =>
  [false, true]
    .flatMap(backup => own(memory.pools, keyOf(name, backup))?.events ?? [])
    .map(({ at, text }) => ({ at: at + epoch, text }))
    .sort((a, b) => a.at - b.at);

/** The memory of an instance, in whichever tier it is. */
export const instanceOf = (memory: Memory, { name, nginx }: Pool, slot: number): InstanceMemory | undefined =>
  own(memory.pools, keyOf(name, nginx.backup.includes(slot)))?.instances[slot];
