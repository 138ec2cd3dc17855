import { isThere } from '../../host/files/files.ts';
import { readVolatileJson } from '../../host/files/volatile.ts';
import { cpuUsec, memoryBytes } from '../../host/kernel/cgroup.ts';
import type { ConnectionProgress, ConnectionTracker } from '../../host/kernel/connection-tracker.ts';
import type { Sockets, SocketTables } from '../../host/kernel/sockets.ts';
import type { Prober } from '../../host/probe/prober.ts';
import type { Instances } from '../../host/systemd/instances.ts';
import type { Installed } from '../../model/installed.ts';
import { endpoint, socketPath, unitName } from '../../model/names.ts';
import type { LoadSample, Unit } from '../../model/observed.ts';
import { paths } from '../../model/paths.ts';
import type { Pool } from '../../model/pool.ts';
import { type Published, parsePublished } from '../../model/routing.ts';
import type { World } from '../../plan/world.ts';
import type { RequestStats } from '../../scale/signals.ts';

/** Requests by what nginx dials; null when nginx is not heard. */
export type Requests = ReadonlyMap<string, RequestStats> | null;

/** What this look and the one before tell of endpoints. */
interface Traffic extends Sockets {
  moved: (endpoint: string) => ConnectionProgress;
  requests: Requests;
}

/** What is to be known of a unit's pool to sample it. */
type Sampled = Pick<Pool, 'name' | 'listen' | 'recycling'>;

function loadOf(
  { pool, slot, invocation }: Unit,
  sampled: Sampled,
  instances: Instances,
  traffic: Traffic,
): LoadSample {
  const cgroup = instances.cgroup(unitName(pool, slot));
  const { listen, recycling } = sampled;
  const key = listen === 'unix' ? socketPath(pool, slot) : String(slot);
  return {
    pool,
    slot,
    invocation,
    cpuUsec: cgroup ? cpuUsec(cgroup) : null,
    cpu: null,
    // several files more to read: only where it matters
    memory: cgroup && recycling.maxMemory !== null ? memoryBytes(cgroup) : null,
    connections: traffic.connections.get(key) ?? 0,
    waiting: traffic.waiting.get(key) ?? 0,
    requests: traffic.requests && (traffic.requests.get(endpoint(sampled, slot))?.count ?? 0),
    ...traffic.moved(key),
  };
}

/** Of an instance whose pool is gone. */
const unknown = (name: string): Sampled => ({
  name,
  listen: 'tcp',
  recycling: { maxAge: null, maxMemory: null, maxRequests: null },
});

/** What can be seen of the machine from without. */
export type Seen = Pick<
  World,
  'units' | 'publishing' | 'load' | 'listening' | 'published' | 'probes' | 'wakeSockets'
>;

/** Who tells of the machine. */
export interface Sources {
  instances: Instances;
  prober: Prober;
  tables: SocketTables;
  flow: ConnectionTracker;
}

/** One look at the machine: systemd, the probes, the kernel's socket tables and the publish step's report. No commands. */
export async function observe(
  installed: Installed,
  { instances, prober, tables, flow }: Sources,
  requests: Requests,
  isQuiet: boolean,
): Promise<Seen> {
  const { units, publishing, wakeSockets } = await instances.list();
  const pools = new Map(installed.pools.map(({ pool }) => [pool.name, pool]));
  const poolOf = ({ pool }: Unit): Sampled => pools.get(pool) ?? unknown(pool);
  const running = units.filter(unit => unit.pid > 0);
  const ports = running.filter(unit => poolOf(unit).listen === 'tcp').map(({ slot }) => slot);
  // while all are idle and none comes or goes, their connections can wait: the tables cost more than all else
  const sockets = tables.read(ports, isQuiet && instances.isUnchanged);
  const traffic = { ...sockets, moved: flow.track(sockets, Date.now()), requests };
  const load = running.map(unit => loadOf(unit, poolOf(unit), instances, traffic));
  return {
    units,
    publishing,
    load,
    listening: sockets.listening,
    published: await readPublished(publishing),
    probes: prober.take(),
    wakeSockets,
  };
}

const INTERRUPTED = 'the publish step was interrupted: journalctl -u cgipool-publish.service';

/** The publish step's last report. One that was killed made none, but left its notes of what to put back. */
export async function readPublished(publishing: boolean): Promise<Published | null> {
  const result = parsePublished(readVolatileJson(paths.result));
  if (!result) return null;
  const interrupted = !publishing && (await isThere(paths.undo));
  return interrupted ? { ...result, error: result.error ?? INTERRUPTED } : result;
}
