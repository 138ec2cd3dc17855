import type { Installed, InstalledPool } from '../pool/installed.ts';
import { endpoint, unitName } from '../pool/names.ts';
import { own } from '../pool/own.ts';
import { isRouted } from '../pool/route.ts';
import type { Decision } from '../scale/decision.ts';
import { desired, range, scheduled } from './desired.ts';
import { type Look, openLook } from './look.ts';
import type { Memory } from './memory.ts';
import { problemsOf } from './problems.ts';
import { memoryOf, ranksOf } from './ranks.ts';
import type { InstanceState, InstanceStatus, PoolStatus, Status, Why } from './report.ts';
import { type Sight, sightOf } from './sight.ts';
import { isStale } from './stale.ts';
import type { Unit, World } from './world.ts';

const iso = (ms: number): string | null => (ms > 0 ? new Date(ms).toISOString() : null);

const round = (n: number | null): number | null => (n === null ? null : Math.round(n * 1000) / 1000);

function stateOf(look: Look, unit: Unit): InstanceState {
  const memory = look.memory.instances[unit.slot];
  if (unit.active === 'failed') return 'backing-off';
  if (memory?.drain) return 'draining';
  if (memory?.phase === 'restarting') return 'restarting';
  if (unit.active === 'deactivating' || unit.active === 'inactive') return 'stopping';
  return memory?.phase ?? 'starting';
}

const detailOf = (look: Look, unit: Unit): string =>
  look.memory.instances[unit.slot]?.drain?.reason ??
  look.memory.instances[unit.slot]?.detail ??
  look.memory.slotFailures[unit.slot]?.message ??
  '';

function instanceStatus(look: Look, unit: Unit): InstanceStatus {
  const { pool } = look;
  const sample = look.samples.get(unit.slot);
  return {
    slot: unit.slot,
    unit: unitName(pool.name, unit.slot),
    endpoint: endpoint(pool, unit.slot),
    state: stateOf(look, unit),
    pid: unit.pid,
    startedAt: iso(unit.pid > 0 ? unit.startedAt : 0),
    restarts: unit.restarts,
    published: look.live.has(unit.slot),
    backup: look.standby,
    weight: look.memory.weighing.weights[unit.slot] ?? null,
    stale: isStale(look, { unit }),
    cpu: round(sample?.cpu ?? null),
    connections: sample?.connections ?? null,
    detail: detailOf(look, unit),
  };
}

/** Serving: healthy, and published where there is something to publish. */
const isServing = (look: Look, i: InstanceStatus): boolean =>
  i.state === 'healthy' && (i.published || !isRouted(look.pool));

function poolState(look: Look, wanted: number, instances: readonly InstanceStatus[]): PoolStatus['state'] {
  const serving = instances.filter(i => isServing(look, i)).length;
  if (look.memory.stopped) return 'stopped';
  if (wanted === 0 && serving === 0) return 'asleep';
  if (serving === 0) return 'down';
  return serving < wanted ? 'degraded' : 'ok';
}

function poolStatus(look: Look): PoolStatus {
  const instances = [...look.units.values()]
    .sort((a, b) => a.slot - b.slot)
    .map(u => instanceStatus(look, u));
  const healthy = instances.filter(i => i.state === 'healthy').length;
  const wanted = desired(look);
  return {
    name: look.pool.name,
    description: look.pool.description,
    location: look.pool.nginx.location,
    stream: look.pool.nginx.stream,
    state: poolState(look, wanted, instances),
    desired: wanted,
    ...range(look),
    healthy,
    byHand: look.memory.range !== null,
    schedule: scheduled(look)?.name ?? null,
    traffic: own(look.world.traffic, look.pool.name) ?? null,
    problems: problemsOf(look, healthy),
    instances,
  };
}

/** The status of those that serve, with those that stand by among the instances. */
function wholeStatus(installed: InstalledPool, sight: Sight, memory: Memory, now: number): PoolStatus {
  const all = ranksOf(installed).map(rank => poolStatus(openLook(rank, memoryOf(memory, rank), sight, now)));
  const [main, ...standby] = all as [PoolStatus, ...PoolStatus[]];
  return {
    ...main,
    problems: all.flatMap(({ problems }) => problems),
    instances: [...main.instances, ...standby.flatMap(({ instances }) => instances)].sort(
      (a, b) => a.slot - b.slot,
    ),
  };
}

/**
 * The state of everything in words and numbers, for `cgipool status` and /pool-status. `failures` is what could not
 * be carried out.
 */
export function describe(
  installed: Installed,
  world: World,
  memory: Memory,
  now: number,
  failures: readonly string[],
): Status {
  const error = world.published?.error;
  const sight = sightOf(world);
  return {
    version: 1,
    at: new Date(now).toISOString(),
    generation: world.published?.generation ?? null,
    problems: [...(error ? [`nginx: ${error}`] : []), ...failures],
    pools: installed.pools.map(p => wholeStatus(p, sight, memory, now)),
  };
}

/** Why a pool has as many instances as it has; null when there is no such pool. */
export function explain(
  installed: Installed,
  world: World,
  memory: Memory,
  name: string,
  now: number,
  decisions: readonly Decision[],
): Why | null {
  const found = installed.pools.find(p => p.pool.name === name);
  if (!found) return null;
  const sight = sightOf(world);
  const [look, standby] = ranksOf(found).map(rank => openLook(rank, memoryOf(memory, rank), sight, now)) as [
    Look,
    Look?,
  ];
  const events = [...look.memory.events, ...(standby?.memory.events ?? [])].sort((a, b) => a.at - b.at);
  const decision = decisions.at(-1) ?? null;
  return { version: 1, pool: name, desired: desired(look), decision, decisions: [...decisions], events };
}
