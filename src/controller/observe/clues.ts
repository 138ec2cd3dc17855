import { socketMode } from '../../host/files/volatile.ts';
import { isOutgoing, isReached, type Ports, readPorts } from '../../host/kernel/ports.ts';
import { isShellAbove } from '../../host/kernel/shells.ts';
import { usersOf } from '../../host/kernel/users.ts';
import type { Instances } from '../../host/systemd/instances.ts';
import { parseUnitName, socketPath, unitName } from '../../model/names.ts';
import type { Clue, Unit } from '../../model/observed.ts';
import type { Listen } from '../../model/pool.ts';

/** root listens for many: for systemd, and for what it has started. */
const ROOT = 0;

/** Units as systemd has them, and what they are to listen on. */
interface Looked {
  units: readonly Unit[];
  listenOf: (pool: string) => Listen;
  instances: Instances;
}

/** The same, with what was read once for all. */
interface Look extends Looked {
  ports: Ports;
}

function usersOfUnit(unit: Unit, cgroup: string | null): Set<number> {
  const users = cgroup === null ? new Set<number>() : usersOf(cgroup);
  if (unit.uid !== null) users.add(unit.uid);
  users.delete(ROOT);
  return users;
}

/** Where the users of an instance listen, except for the ports of other instances, which may have the same user. */
function straysOf(unit: Unit, cgroup: string | null, { units, ports }: Look): string[] {
  const users = usersOfUnit(unit, cgroup);
  const isOthers = (port: number, uid: number): boolean =>
    units.some(other => other !== unit && other.slot === port && other.pid > 0 && other.uid === uid);
  return ports.listeners
    .filter(({ port, uid }) => users.has(uid) && !isOthers(port, uid))
    .map(({ address, port }) => `${address}:${port}`);
}

/** Of a port that nobody listens on, what keeps it; nothing of a socket file. */
function portOf({ ports, listenOf }: Look, pool: string, slot: number): Pick<Clue, 'closed' | 'isOutgoing'> {
  const isFree = listenOf(pool) === 'tcp' && !isReached(ports, slot);
  return {
    closed: isFree ? (ports.closed.get(slot) ?? 0) : 0,
    isOutgoing: isFree && isOutgoing(ports, slot),
  };
}

/** Of a running worker: what it is, and where it listens. */
function lifeOf(look: Look, unit: Unit, isHome: boolean): Pick<Clue, 'isShell' | 'strays'> {
  const cgroup = look.instances.cgroup(unitName(unit.pool, unit.slot));
  return {
    isShell: cgroup !== null && isShellAbove(unit.pid, cgroup),
    strays: isHome ? [] : straysOf(unit, cgroup, look),
  };
}

function clueOf(look: Look, pool: string, slot: number): Clue {
  const unit = look.units.find(each => each.pool === pool && each.slot === slot);
  const isOnPort = look.listenOf(pool) === 'tcp';
  const mode = isOnPort ? null : socketMode(socketPath(pool, slot));
  const isHome = isOnPort ? isReached(look.ports, slot) : mode !== null;
  const life = unit && unit.pid > 0 ? lifeOf(look, unit, isHome) : { isShell: false, strays: [] };
  return { invocation: unit?.invocation ?? '', ...life, ...portOf(look, pool, slot), mode };
}

/** What the machine shows of the units that the planner suspects. Nothing is read if there are none. */
export function cluesOf(suspects: ReadonlySet<string>, looked: Looked): Map<string, Clue> {
  if (suspects.size === 0) return new Map();
  const look = { ...looked, ports: readPorts() };
  return new Map(
    [...suspects].flatMap(name => {
      const id = parseUnitName(name);
      return id ? [[name, clueOf(look, id.pool, id.slot)] as const] : [];
    }),
  );
}
