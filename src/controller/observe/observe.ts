import { monotonic } from '../../host/clock.ts';
import { isThere } from '../../host/files/files.ts';
import { isSocket, readVolatileJson } from '../../host/files/volatile.ts';
import { cpuUsec, memoryBytes } from '../../host/kernel/cgroup.ts';
import type { ConnectionFlow, ConnectionTracker, Counts } from '../../host/kernel/connection-tracker.ts';
import { isWaiting, type Sockets, type SocketTables } from '../../host/kernel/sockets.ts';
import type { Prober } from '../../host/probe/prober.ts';
import type { Instances } from '../../host/systemd/instances.ts';
import { type Installed, servable } from '../../model/installed.ts';
import { endpoint, socketPath, unitName } from '../../model/names.ts';
import type { LoadSample, Unit } from '../../model/observed.ts';
import { paths } from '../../model/paths.ts';
import type { Listen, Pool } from '../../model/pool.ts';
import { type Published, parsePublished } from '../../model/routing.ts';
import { isRouted } from '../../model/traits.ts';
import type { World } from '../../plan/world.ts';
import type { RequestStats } from '../../scale/signals.ts';
import type { NginxUsers } from '../nginx/nginx-users.ts';
import { cluesOf } from './clues.ts';
import type { StrangerCheck } from './strangers.ts';

/** Request statistics by endpoint, as nginx dials it; null if its access log is not read. */
export type StatsByEndpoint = ReadonlyMap<string, RequestStats> | null;

/** What the sockets and nginx's log show of each endpoint since the last pass. */
interface EndpointActivity extends Sockets {
  flow: (endpoint: string) => ConnectionFlow;
  counts: Counts;
  requests: StatsByEndpoint;
}

/** The part of a pool that sampling its instances needs. */
type SampledPool = Pick<Pool, 'name' | 'listen' | 'recycling'> & { isRouted: boolean };

/** All connections count if the client's user is unknown (socket files), or nginx does not send to the pool. */
const countsFor = ({ listen, isRouted }: SampledPool, counts: Counts): Counts =>
  listen === 'unix' || !isRouted ? () => true : counts;

function loadOf(
  { pool, slot, invocation }: Unit,
  sampled: SampledPool,
  instances: Instances,
  activity: EndpointActivity,
): LoadSample {
  const cgroup = instances.cgroup(unitName(pool, slot));
  const { listen, recycling } = sampled;
  const key = listen === 'unix' ? socketPath(pool, slot) : String(slot);
  const open = (activity.connections.get(key) ?? []).filter(each => each.isOpen);
  const counts = countsFor(sampled, activity.counts);
  const counted = open.filter(each => counts(each.client));
  return {
    pool,
    slot,
    invocation,
    cpuUsec: cgroup ? cpuUsec(cgroup) : null,
    ...{ cpu: null, stalled: null },
    // more files to read: only if a limit needs it
    memory: cgroup && recycling.maxMemory !== null ? memoryBytes(cgroup) : null,
    open: open.length,
    connections: counted.length,
    waiting: counted.filter(isWaiting).length,
    requests: activity.requests && (activity.requests.get(endpoint(sampled, slot))?.count ?? 0),
    ...activity.flow(key),
  };
}

/** For an instance whose pool is no longer installed. */
const unknown = (name: string): SampledPool => ({
  name,
  listen: 'tcp',
  recycling: { maxAge: null, maxMemory: null, maxRequests: null },
  isRouted: false,
});

/** The part of the world that comes from the machine. */
type Observed = Pick<
  World,
  | 'units'
  | 'publishing'
  | 'load'
  | 'listening'
  | 'socketFiles'
  | 'published'
  | 'probes'
  | 'wakeSockets'
  | 'nginx'
  | 'needs'
  | 'strangers'
  | 'clues'
>;

/** Where observations come from. */
export interface Sources {
  instances: Instances;
  prober: Prober;
  tables: SocketTables;
  flow: ConnectionTracker;
  nginxUsers: NginxUsers;
  strangers: StrangerCheck;
}

/** Observes the machine: systemd, the probes, the kernel's socket tables and the publish step's report. */
export async function observe(
  installed: Installed,
  { instances, prober, tables, flow, nginxUsers, strangers }: Sources,
  requests: StatsByEndpoint,
  suspects: ReadonlySet<string>,
): Promise<Observed> {
  const { units, publishing, wakeSockets, nginx, needs } = await instances.list();
  const pools = new Map(
    installed.pools.map(({ pool }) => [pool.name, { ...pool, isRouted: isRouted(pool) }]),
  );
  const poolOf = ({ pool }: Unit): SampledPool => pools.get(pool) ?? unknown(pool);
  const running = units.filter(unit => unit.pid > 0);
  const listenOf = (name: string): Listen => (pools.get(name) ?? unknown(name)).listen;
  const isOnPort = (unit: Unit): boolean => listenOf(unit.pool) === 'tcp';
  const ports = running.filter(isOnPort).map(({ slot }) => slot);
  const files = running.filter(unit => !isOnPort(unit)).map(({ pool, slot }) => socketPath(pool, slot));
  const sockets = tables.read(ports);
  const counts = await nginxUsers.counts();
  const moved = flow.track(sockets.connections, counts, monotonic());
  const activity = { ...sockets, flow: moved, counts, requests };
  const load = running.map(unit => loadOf(unit, poolOf(unit), instances, activity));
  return {
    units,
    publishing,
    load,
    listening: sockets.listening,
    socketFiles: new Set(files.filter(isSocket)),
    published: await readPublished(publishing),
    probes: prober.take(),
    wakeSockets,
    nginx,
    needs,
    clues: cluesOf(suspects, { units, listenOf, instances }),
    strangers: await strangers.find(installed.pools.map(servable), units, sockets),
  };
}

const INTERRUPTED = 'the publish step was interrupted: journalctl -u cgipool-publish.service';

/** The publish step's last report. A killed step makes none, but leaves its rollback data behind. */
async function readPublished(publishing: boolean): Promise<Published | null> {
  const result = parsePublished(readVolatileJson(paths.result));
  if (!result) return null;
  const interrupted = !publishing && (await isThere(paths.undo));
  return interrupted ? { ...result, error: result.error ?? INTERRUPTED } : result;
}
