import { isThere } from '../../host/files/files.ts';
import { readVolatileJson } from '../../host/files/volatile.ts';
import { cpuUsec, memoryBytes } from '../../host/kernel/cgroup.ts';
import type { Flow, Moved } from '../../host/kernel/flow.ts';
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

/** Request statistics by endpoint, as nginx dials it; null if its access log is not read. */
export type StatsByEndpoint = ReadonlyMap<string, RequestStats> | null;

/** What the sockets and nginx's log show of each endpoint since the last pass. */
interface EndpointActivity extends Sockets {
  moved: (endpoint: string) => Moved;
  requests: StatsByEndpoint;
}

/** The part of a pool that sampling its instances needs. */
type SampledPool = Pick<Pool, 'name' | 'listen' | 'recycling'>;

function loadOf(
  { pool, slot, invocation }: Unit,
  sampled: SampledPool,
  instances: Instances,
  activity: EndpointActivity,
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
    // more files to read: only if a limit needs it
    memory: cgroup && recycling.maxMemory !== null ? memoryBytes(cgroup) : null,
    connections: activity.connections.get(key) ?? 0,
    waiting: activity.waiting.get(key) ?? 0,
    requests: activity.requests && (activity.requests.get(endpoint(sampled, slot))?.count ?? 0),
    ...activity.moved(key),
  };
}

/** For an instance whose pool is no longer installed. */
const unknown = (name: string): SampledPool => ({
  name,
  listen: 'tcp',
  recycling: { maxAge: null, maxMemory: null, maxRequests: null },
});

/** The part of the world that comes from the machine. */
export type Observed = Pick<
  World,
  'units' | 'publishing' | 'load' | 'listening' | 'published' | 'probes' | 'wakeSockets' | 'nginx'
>;

/** Where observations come from. */
export interface Sources {
  instances: Instances;
  prober: Prober;
  tables: SocketTables;
  flow: Flow;
}

/** Observes the machine: systemd, the probes, the kernel's socket tables and the publish step's report. */
export async function observe(
  installed: Installed,
  { instances, prober, tables, flow }: Sources,
  requests: StatsByEndpoint,
  isQuiet: boolean,
): Promise<Observed> {
  const { units, publishing, wakeSockets, nginx, isUnchanged } = await instances.list();
  const pools = new Map(installed.pools.map(({ pool }) => [pool.name, pool]));
  const poolOf = ({ pool }: Unit): SampledPool => pools.get(pool) ?? unknown(pool);
  const running = units.filter(unit => unit.pid > 0);
  const ports = running.filter(unit => poolOf(unit).listen === 'tcp').map(({ slot }) => slot);
  // the socket tables are the most expensive part: while all is idle and no unit changes, old ones will do
  const sockets = tables.read(ports, isQuiet && isUnchanged);
  const activity = { ...sockets, moved: flow.move(sockets, Date.now()), requests };
  const load = running.map(unit => loadOf(unit, poolOf(unit), instances, activity));
  return {
    units,
    publishing,
    load,
    listening: sockets.listening,
    published: await readPublished(publishing),
    probes: prober.take(),
    wakeSockets,
    nginx,
  };
}

const INTERRUPTED = 'the publish step was interrupted: journalctl -u cgipool-publish.service';

/** The publish step's last report. A killed step makes none, but leaves its rollback data behind. */
export async function readPublished(publishing: boolean): Promise<Published | null> {
  const result = parsePublished(readVolatileJson(paths.result));
  if (!result) return null;
  const interrupted = !publishing && (await isThere(paths.undo));
  return interrupted ? { ...result, error: result.error ?? INTERRUPTED } : result;
}
