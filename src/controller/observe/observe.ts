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

/** Requests by what nginx dials; null when nginx is not heard. */
export type Requests = ReadonlyMap<string, RequestStats> | null;

/** What this pass and the one before tell of endpoints. */
interface Traffic extends Sockets {
  flow: (endpoint: string) => ConnectionFlow;
  counts: Counts;
  requests: Requests;
}

/** What is to be known of a unit's pool to sample it. */
type Sampled = Pick<Pool, 'name' | 'listen' | 'recycling'> & { isRouted: boolean };

/** Where nobody tells who the client is, or nginx sends nothing, all connections count. */
const countsFor = ({ listen, isRouted }: Sampled, counts: Counts): Counts =>
  listen === 'unix' || !isRouted ? () => true : counts;

function loadOf(
  { pool, slot, invocation }: Unit,
  sampled: Sampled,
  instances: Instances,
  traffic: Traffic,
): LoadSample {
  const cgroup = instances.cgroup(unitName(pool, slot));
  const { listen, recycling } = sampled;
  const key = listen === 'unix' ? socketPath(pool, slot) : String(slot);
  const open = (traffic.connections.get(key) ?? []).filter(each => each.isOpen);
  const counts = countsFor(sampled, traffic.counts);
  const counted = open.filter(each => counts(each.client));
  return {
    pool,
    slot,
    invocation,
    cpuUsec: cgroup ? cpuUsec(cgroup) : null,
    cpu: null,
    // several files more to read: only where it matters
    memory: cgroup && recycling.maxMemory !== null ? memoryBytes(cgroup) : null,
    open: open.length,
    connections: counted.length,
    waiting: counted.filter(isWaiting).length,
    requests: traffic.requests && (traffic.requests.get(endpoint(sampled, slot))?.count ?? 0),
    ...traffic.flow(key),
  };
}

/**
 * Who listens in an instance's place, in words; null: itself, or nobody. Where systemd tells no user of it, and where a worker
 * changes its user, its processes do.
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

/** Who listens where no instance runs. */
function occupantOf({ listeners }: Sockets, slot: number): string | null {
  const [uid] = listeners.get(slot)?.uids ?? [];
  return uid === undefined ? null : userWords(uid);
}

/** Of each slot of a pool with ports where somebody else listens: who, by the unit of its instance. */
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

/** Of an instance whose pool is gone. */
const unknown = (name: string): Sampled => ({
  name,
  listen: 'tcp',
  recycling: { maxAge: null, maxMemory: null, maxRequests: null },
  isRouted: false,
});

/** What can be seen of the machine from without. */
export type Seen = Pick<
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

/** Who tells of the machine. */
export interface Sources {
  instances: Instances;
  prober: Prober;
  tables: SocketTables;
  flow: ConnectionTracker;
  nginxUsers: NginxUsers;
}

/** One look at the machine: systemd, the probes, the kernel's socket tables and the publish step's report. No commands. */
export async function observe(
  installed: Installed,
  { instances, prober, tables, flow, nginxUsers }: Sources,
  requests: Requests,
): Promise<Seen> {
  const { units, publishing, wakeSockets, nginx } = await instances.list();
  const pools = new Map(
    installed.pools.map(({ pool }) => [pool.name, { ...pool, isRouted: isRouted(pool) }]),
  );
  const poolOf = ({ pool }: Unit): Sampled => pools.get(pool) ?? unknown(pool);
  const running = units.filter(unit => unit.pid > 0);
  const ports = running.filter(unit => poolOf(unit).listen === 'tcp').map(({ slot }) => slot);
  const sockets = tables.read(ports);
  const counts = await nginxUsers.counts();
  const moved = flow.track(sockets.connections, counts, Date.now());
  const traffic = { ...sockets, flow: moved, counts, requests };
  const load = running.map(unit => loadOf(unit, poolOf(unit), instances, traffic));
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

/** The publish step's last report. One that was killed made none, but left its notes of what to put back. */
export async function readPublished(publishing: boolean): Promise<Published | null> {
  const result = parsePublished(readVolatileJson(paths.result));
  if (!result) return null;
  const interrupted = !publishing && (await isThere(paths.undo));
  return interrupted ? { ...result, error: result.error ?? INTERRUPTED } : result;
}
