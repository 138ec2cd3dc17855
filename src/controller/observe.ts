import { existsSync } from 'node:fs';
import { cpuUsec } from '../host/cpu.ts';
import { readJson } from '../host/files.ts';
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

const INTERRUPTED = 'the publish step was interrupted: journalctl -u cgipool-publish.service';

const isPublished = (value: Published | null): value is Published =>
  value !== null && typeof value.generation === 'number' && typeof value.live === 'object';

/** The publish step's last report. One that was killed made none, but left its notes of what to put back. */
async function readPublished(publishing: boolean): Promise<Published | null> {
  const result = await readJson<Published>(paths.result);
  if (!isPublished(result)) return null;
  const interrupted = !publishing && existsSync(paths.undo);
  return interrupted ? { ...result, error: result.error ?? INTERRUPTED } : result;
}

/** One look at the machine: systemd, the probes, the kernel's socket tables and the publish step's report. */
export async function observe(
  installed: Installed,
  instances: Instances,
  prober: Prober,
  inbox: Inbox,
): Promise<World> {
  const [{ units, publishing }, sockets] = await Promise.all([instances.list(), readSockets()]);
  const unix = new Set(installed.pools.filter(p => p.pool.listen === 'unix').map(p => p.pool.name));
  const running = units.filter(unit => unit.pid > 0);
  const load = await Promise.all(running.map(unit => loadOf(unit, unix.has(unit.pool), instances, sockets)));
  return {
    units,
    publishing,
    load,
    listening: sockets.listening,
    published: await readPublished(publishing),
    probes: prober.take(),
    tick: inbox.tick,
    commands: inbox.commands,
  };
}
