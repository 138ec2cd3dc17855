import type { Sockets } from '../../host/kernel/sockets.ts';
import { usersOf, userWords } from '../../host/kernel/users.ts';
import type { Instances } from '../../host/systemd/instances.ts';
import { unitName } from '../../model/names.ts';
import { isAlive, type Unit } from '../../model/observed.ts';
import type { Pool } from '../../model/pool.ts';

/**
 * The user of another program that listens in an instance's place, for people; null if there is none. If systemd does
 * not report the instance's user, or the worker changes it, the users of its processes count.
 */
function strangerOf({ pool, slot, held, uid }: Unit, instances: Instances, sockets: Sockets): string | null {
  const uids = [...(sockets.listeners.get(slot)?.uids ?? [])];
  const other = uids.find(listener => listener !== (held ? SYSTEMD : uid));
  if (other === undefined) return null;
  const cgroup = instances.cgroup(unitName(pool, slot));
  return !held && cgroup && usersOf(cgroup).has(other) ? null : userWords(other);
}

/** The user that listens for instances with Listen=fd. */
const SYSTEMD = 0;

/** The user that listens on a slot without an instance, for people; null if there is none. */
function occupantOf({ listeners }: Sockets, slot: number): string | null {
  const [uid] = listeners.get(slot)?.uids ?? [];
  return uid === undefined ? null : userWords(uid);
}

/** Its first start is under way, and systemd was not asked whose it is: see Details. Nothing is published of it yet. */
const isFirstStart = ({ job, invocation }: Unit): boolean => job && invocation === '';

/** The users of other programs that listen on slots of pools with ports, by the unit of the slot's instance. */
function strangersOf(
  pools: readonly Pool[],
  units: readonly Unit[],
  instances: Instances,
  sockets: Sockets,
): Map<string, string> {
  const known = new Map(units.map(unit => [unitName(unit.pool, unit.slot), unit]));
  const found = new Map<string, string>();
  for (const { name, slots } of pools.filter(({ listen }) => listen === 'tcp'))
    for (const slot of slots.filter(each => sockets.listeners.has(each))) {
      const unit = known.get(unitName(name, slot));
      if (unit && isFirstStart(unit)) continue;
      const runs = unit !== undefined && (unit.held || isAlive(unit));
      const stranger = runs ? strangerOf(unit, instances, sockets) : occupantOf(sockets, slot);
      if (stranger !== null) found.set(unitName(name, slot), stranger);
    }
  return found;
}

/** As strangersOf. A worker that started after systemd was asked looks like a stranger: systemd is asked again. */
export async function confirmedStrangers(
  pools: readonly Pool[],
  units: readonly Unit[],
  instances: Instances,
  sockets: Sockets,
): Promise<Map<string, string>> {
  const suspects = strangersOf(pools, units, instances, sockets);
  if (suspects.size === 0) return suspects;
  instances.expectChange();
  const later = strangersOf(pools, (await instances.list()).units, instances, sockets);
  return new Map([...later].filter(([unit]) => suspects.has(unit)));
}
