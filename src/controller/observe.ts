import { cpuUsec } from '../host/cpu.ts';
import { readJson } from '../host/files.ts';
import type { Instances } from '../host/instances.ts';
import { paths } from '../host/paths.ts';
import type { Prober } from '../host/prober.ts';
import { readSockets, type Sockets } from '../host/sockets.ts';
import { isPublished } from '../plan/memory-shape.ts';
import type { LoadSample, Unit, World } from '../plan/world.ts';
import type { Installed } from '../pool/installed.ts';
import { socketPath, unitName } from '../pool/names.ts';

async function loadOf(
  unit: Unit,
  unix: boolean,
  instances: Instances,
  sockets: Sockets,
): Promise<LoadSample> {
  const { pool, slot, invocation } = unit;
  const cgroup = instances.cgroup(unitName(pool, slot));
  const key = unix ? socketPath(pool, slot) : String(slot);
  return {
    pool,
    slot,
    invocation,
    cpuUsec: cgroup ? await cpuUsec(cgroup) : null,
    connections: sockets.connections.get(key) ?? 0,
  };
}

/** One look at the machine: systemd, the probes, the kernel's socket tables and the publish step's report. No commands. */
export async function observe(installed: Installed, instances: Instances, prober: Prober): Promise<World> {
  const [{ units, publishing }, sockets, result] = await Promise.all([
    instances.list(),
    readSockets(),
    readJson<unknown>(paths.result),
  ]);
  const unix = new Set(installed.pools.filter(p => p.pool.listen === 'unix').map(p => p.pool.name));
  const running = units.filter(unit => unit.pid > 0);
  const load = await Promise.all(running.map(unit => loadOf(unit, unix.has(unit.pool), instances, sockets)));
  return {
    units,
    publishing,
    load,
    listening: sockets.listening,
    published: isPublished(result) ? result : null,
    probes: prober.take(),
    tick: false,
    commands: [],
  };
}
