import { cpuUsec, memoryBytes } from '../host/cgroup.ts';
import type { Flow, Moved } from '../host/flow.ts';
import type { Instances } from '../host/instances.ts';
import type { Prober } from '../host/prober.ts';
import type { SocketTables } from '../host/socket-tables.ts';
import type { Sockets } from '../host/sockets.ts';
import type { LoadSample, Unit, World } from '../plan/world.ts';
import type { Installed } from '../pool/installed.ts';
import { endpoint, socketPath, unitName } from '../pool/names.ts';
import type { Pool } from '../pool/pool.ts';
import type { Told } from '../scale/signals.ts';
import { readPublished } from './published.ts';

/** Requests by what nginx dials; null when nginx is not heard. */
export type Requests = ReadonlyMap<string, Told> | null;

/** What this look and the one before tell of endpoints. */
interface Traffic extends Sockets {
  moved: (endpoint: string) => Moved;
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
  'units' | 'publishing' | 'load' | 'listening' | 'published' | 'probes' | 'doorbells'
>;

/** Who tells of the machine. */
export interface Sources {
  instances: Instances;
  prober: Prober;
  tables: SocketTables;
  flow: Flow;
}

/** One look at the machine: systemd, the probes, the kernel's socket tables and the publish step's report. No commands. */
export async function observe(
  installed: Installed,
  { instances, prober, tables, flow }: Sources,
  requests: Requests,
  isQuiet: boolean,
): Promise<Seen> {
  const { units, publishing, doorbells } = await instances.list();
  const pools = new Map(installed.pools.map(({ pool }) => [pool.name, pool]));
  const poolOf = ({ pool }: Unit): Sampled => pools.get(pool) ?? unknown(pool);
  const running = units.filter(unit => unit.pid > 0);
  const ports = running.filter(unit => poolOf(unit).listen === 'tcp').map(({ slot }) => slot);
  // while all are idle and none comes or goes, their connections can wait: the tables cost more than all else
  const sockets = tables.read(ports, isQuiet && instances.isUnchanged);
  const traffic = { ...sockets, moved: flow.move(sockets, Date.now()), requests };
  const load = running.map(unit => loadOf(unit, poolOf(unit), instances, traffic));
  return {
    units,
    publishing,
    load,
    listening: sockets.listening,
    published: await readPublished(publishing),
    probes: prober.take(),
    doorbells,
  };
}
