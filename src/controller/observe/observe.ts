import { isThere } from '../../host/files/files.ts';
import { readVolatileJson } from '../../host/files/volatile.ts';
import { cpuUsec, memoryBytes } from '../../host/kernel/cgroup.ts';
import type { ConnectionFlow, ConnectionTracker, Counts } from '../../host/kernel/connection-tracker.ts';
import { isWaiting, type Sockets, type SocketTables } from '../../host/kernel/sockets.ts';
import { usersOf, userWords } from '../../host/kernel/users.ts';
import type { Prober } from '../../host/probe/prober.ts';
import type { Instances } from '../../host/systemd/instances.ts';
import { type Installed, servable } from '../../model/installed.ts';
import { endpoint, socketPath, unitName } from '../../model/names.ts';
import { isAlive, type LoadSample, type Unit } from '../../model/observed.ts';
import { paths } from '../../model/paths.ts';
import type { Pool } from '../../model/pool.ts';
import { type Published, parsePublished } from '../../model/routing.ts';
import { isRouted } from '../../model/traits.ts';
import type { World } from '../../plan/world.ts';
import type { RequestStats } from '../../scale/signals.ts';
import type { NginxUsers } from './nginx-users.ts';

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
    cpu: null,
    // more files to read: only if a limit needs it
    memory: cgroup && recycling.maxMemory !== null ? memoryBytes(cgroup) : null,
    open: open.length,
    connections: counted.length,
    waiting: counted.filter(isWaiting).length,
    requests: activity.requests && (activity.requests.get(endpoint(sampled, slot))?.count ?? 0),
    ...activity.flow(key),
  };
}

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
      const runs = unit !== undefined && (unit.held || isAlive(unit));
      const stranger = runs ? strangerOf(unit, instances, sockets) : occupantOf(sockets, slot);
      if (stranger !== null) found.set(unitName(name, slot), stranger);
    }
  return found;
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
  | 'published'
  | 'probes'
  | 'wakeSockets'
  | 'nginx'
  | 'strangers'
>;

/** Where observations come from. */
export interface Sources {
  instances: Instances;
  prober: Prober;
  tables: SocketTables;
  flow: ConnectionTracker;
  nginxUsers: NginxUsers;
}

/** Observes the machine: systemd, the probes, the kernel's socket tables and the publish step's report. */
export async function observe(
  installed: Installed,
  { instances, prober, tables, flow, nginxUsers }: Sources,
  requests: StatsByEndpoint,
): Promise<Observed> {
  const { units, publishing, wakeSockets, nginx } = await instances.list();
  const pools = new Map(
    installed.pools.map(({ pool }) => [pool.name, { ...pool, isRouted: isRouted(pool) }]),
  );
  const poolOf = ({ pool }: Unit): SampledPool => pools.get(pool) ?? unknown(pool);
  const running = units.filter(unit => unit.pid > 0);
  const ports = running.filter(unit => poolOf(unit).listen === 'tcp').map(({ slot }) => slot);
  const sockets = tables.read(ports);
  const counts = await nginxUsers.counts();
  const moved = flow.track(sockets.connections, counts, Date.now());
  const activity = { ...sockets, flow: moved, counts, requests };
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
    strangers: strangersOf(installed.pools.map(servable), units, instances, sockets),
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
