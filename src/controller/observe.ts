import { cpuUsec } from '../host/cpu.ts';
import { readJson } from '../host/files.ts';
import type { Flow } from '../host/flow.ts';
import type { Instances } from '../host/instances.ts';
import { paths } from '../host/paths.ts';
import type { Prober } from '../host/prober.ts';
import { readSockets, type Sockets } from '../host/sockets.ts';
import type { Command, LoadSample, Published, Unit, World } from '../plan/world.ts';
import type { Installed } from '../pool/installed.ts';
import { socketPath, unitName } from '../pool/names.ts';

/** What came in from outside since the last look. */
export interface Inbox {
  commands: Command[];
  tick: boolean;
}

/** The socket tables of this look, and what workers ended since the look before. */
interface Traffic extends Sockets {
  ended: ((endpoint: string) => number) | null;
}

async function loadOf(
  unit: Unit,
  unix: boolean,
  instances: Instances,
  traffic: Traffic,
): Promise<LoadSample> {
  const { pool, slot, invocation } = unit;
  const cgroup = instances.cgroup(unitName(pool, slot));
  const key = unix ? socketPath(pool, slot) : String(slot);
  return {
    pool,
    slot,
    invocation,
    cpuUsec: cgroup ? await cpuUsec(cgroup) : null,
    connections: traffic.connections.get(key) ?? 0,
    ended: traffic.ended?.(key) ?? null,
  };
}

const isPublished = (value: Published | null): value is Published =>
  value !== null && typeof value.generation === 'number' && typeof value.live === 'object';

/** One look at the machine: systemd, the probes, the kernel's socket tables and the publish step's report. */
export async function observe(
  installed: Installed,
  instances: Instances,
  prober: Prober,
  flow: Flow,
  inbox: Inbox,
): Promise<World> {
  const [{ units, publishing }, sockets, result] = await Promise.all([
    instances.list(),
    readSockets(),
    readJson<Published>(paths.result),
  ]);
  const unix = new Set(installed.pools.filter(p => p.pool.listen === 'unix').map(p => p.pool.name));
  const traffic = { ...sockets, ended: flow.ended(sockets) };
  const running = units.filter(unit => unit.pid > 0);
  const load = await Promise.all(running.map(unit => loadOf(unit, unix.has(unit.pool), instances, traffic)));
  return {
    units,
    publishing,
    load,
    listening: sockets.listening,
    published: isPublished(result) ? result : null,
    probes: prober.take(),
    tick: inbox.tick,
    commands: inbox.commands,
  };
}
