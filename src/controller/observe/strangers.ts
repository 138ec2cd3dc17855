import type { Sockets } from '../../host/kernel/sockets.ts';
import { usersOf, userWords } from '../../host/kernel/users.ts';
import type { Instances } from '../../host/systemd/instances.ts';
import { unitName } from '../../model/names.ts';
import { isAlive, isVacant, type Unit } from '../../model/observed.ts';
import type { Pool } from '../../model/pool.ts';

/** Systemd, which listens for instances with Listen=fd, and instances without a user run as root. */
const ROOT = 0;

/** Its first start is under way, and systemd was not asked whose it is: see Details. Nothing is published of it yet. */
const isFirstStart = (unit: Unit | undefined): boolean => unit?.job === true && unit.invocation === '';

type UnitsByName = ReadonlyMap<string, Unit>;

const nameOf = ({ pool, slot }: Unit): string => unitName(pool, slot);
const byName = (units: readonly Unit[]): UnitsByName => new Map(units.map(unit => [nameOf(unit), unit]));

/** Users of other programs that listen where instances should, for people, by the instance's unit name. */
export type Strangers = ReadonlyMap<string, string>;

/** Tells other programs on the ports of pools from workers, by the users that the kernel reports. */
export class StrangerCheck {
  constructor(readonly instances: Instances) {}

  /**
   * The strangers on the slots of `pools`. `units`: as they were before the socket tables were read. A worker that has
   * started since looks like a stranger, so systemd is asked again before an instance is suspected.
   */
  async find(pools: readonly Pool[], units: readonly Unit[], sockets: Sockets): Promise<Strangers> {
    const before = byName(units);
    const suspects = this.#suspects(pools, before, sockets);
    if ([...suspects.keys()].every(name => isVacant(before.get(name)))) return suspects;
    this.instances.expectChange();
    const now = byName((await this.instances.list()).units);
    const isConfirmed = (name: string): boolean => suspects.has(name) && !isFirstStart(now.get(name));
    return new Map([...this.#suspects(pools, now, sockets)].filter(([name]) => isConfirmed(name)));
  }

  #suspects(pools: readonly Pool[], units: UnitsByName, sockets: Sockets): Map<string, string> {
    const found = new Map<string, string>();
    for (const { name: pool, slots } of pools.filter(({ listen }) => listen === 'tcp'))
      for (const slot of slots.filter(each => sockets.listeners.has(each))) {
        const unit = unitName(pool, slot);
        const uid = this.#strangerAt(slot, units.get(unit), sockets);
        if (uid !== undefined) found.set(unit, userWords(uid));
      }
    return found;
  }

  /** The uid of a listener that is not the instance's. Without a running instance that is any. */
  #strangerAt(slot: number, unit: Unit | undefined, { listeners }: Sockets): number | undefined {
    const uids = [...(listeners.get(slot)?.uids ?? [])];
    return unit && (unit.held || isAlive(unit)) ? uids.find(uid => !this.#isItsOwn(unit, uid)) : uids[0];
  }

  /** Where systemd does not report the instance's user, or the worker changes it, the users of its processes count. */
  #isItsOwn(unit: Unit, listener: number): boolean {
    if (unit.held) return listener === ROOT;
    if (listener === (unit.uid ?? ROOT)) return true;
    const cgroup = this.instances.cgroup(nameOf(unit));
    return cgroup !== null && usersOf(cgroup).has(listener);
  }
}
