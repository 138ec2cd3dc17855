import { own } from '../../base/own.ts';
import type { Installed, InstalledPool } from '../../model/installed.ts';
import { isRouted } from '../../model/traits.ts';
import type { Decision } from '../../scale/decision.ts';
import { killsOf } from '../learn/kills.ts';
import type { Memory } from '../state/memory.ts';
import { eventsOf, memoryOf, tiersOf } from '../state/tiers.ts';
import { desired, range, scheduled } from '../view/desired.ts';
import { beginPass, type Start, type View } from '../view/pass.ts';
import { indexWorld } from '../view/world-index.ts';
import type { World } from '../world.ts';
import { instanceStatus, isServing } from './instance.ts';
import { nginxOutage, nginxProblems, problemsOf, siteRefusals } from './problems.ts';
import type { InstanceStatus, PoolState, PoolStatus, Status, Why } from './report.ts';
import { rolloutOf, worstOf } from './rollout.ts';

/** No request reaches the pool, whatever its instances do. */
const isCutOff = ({ pool, world }: View): boolean => isRouted(pool) && nginxOutage(world) !== null;

function poolState(pass: View, wanted: number, instances: readonly InstanceStatus[]): PoolState {
  const serving = instances.filter(i => isServing(pass, i)).length;
  if (pass.memory.stopped) return 'stopped';
  if (isCutOff(pass)) return 'down';
  if (wanted === 0 && serving === 0) return 'asleep';
  if (serving === 0) return 'down';
  return serving < wanted ? 'degraded' : 'ok';
}

function poolStatus(pass: View): PoolStatus {
  const instances = [...pass.units.values()]
    .sort((a, b) => a.slot - b.slot)
    .map(u => instanceStatus(pass, u));
  const healthy = instances.filter(i => i.state === 'healthy').length;
  const wanted = desired(pass);
  return {
    name: pass.pool.name,
    description: pass.pool.description,
    location: pass.pool.nginx.location,
    stream: pass.pool.nginx.stream,
    state: poolState(pass, wanted, instances),
    desired: wanted,
    target: pass.memory.target,
    ...range(pass),
    healthy,
    rollout: rolloutOf(pass),
    killed: killsOf(pass).length,
    byHand: pass.memory.range !== null,
    schedule: scheduled(pass)?.name ?? null,
    traffic: own(pass.world.traffic, pass.pool.name) ?? null,
    problems: problemsOf(pass),
    instances,
  };
}

/** The pool as the planner sees it: the main tier, then the backups. */
const viewsOf = (installed: InstalledPool, memory: Memory, start: Start): View[] =>
  tiersOf(installed).map(tier => beginPass(tier, memoryOf(memory, tier), start));

const startOf = (world: World, { hasHistory }: Memory, now: number): Start => ({
  index: indexWorld(world),
  hasHistory,
  now,
});

/** The status of the main tier, with the backups among its instances. */
function wholeStatus(installed: InstalledPool, memory: Memory, start: Start): PoolStatus {
  const all = viewsOf(installed, memory, start).map(poolStatus);
  const [main, ...backup] = all as [PoolStatus, ...PoolStatus[]];
  return {
    ...main,
    rollout: worstOf(all.map(({ rollout }) => rollout)),
    killed: all.reduce((sum, { killed }) => sum + killed, 0),
    problems: all.flatMap(({ problems }) => problems),
    instances: [...main.instances, ...backup.flatMap(({ instances }) => instances)].sort(
      (a, b) => a.slot - b.slot,
    ),
  };
}

/**
 * The status of all pools, for `cgipool status` and /pool-status. `failures`: actions that failed. `installedAt`: when the record was
 * written that the last pass went by, ms since the epoch; null before the first.
 */
export function describe(
  installed: Installed,
  world: World,
  memory: Memory,
  now: number,
  failures: readonly string[],
  installedAt: number | null = null,
): Status {
  const error = world.published?.error;
  const start = startOf(world, memory, now);
  return {
    version: 1,
    at: new Date(now + world.epoch).toISOString(),
    installedAt: installedAt === null ? null : new Date(installedAt).toISOString(),
    generation: world.published?.generation ?? null,
    problems: [
      ...(error ? [`nginx: ${error}`] : []),
      ...siteRefusals(world),
      ...(world.published?.warnings ?? []).map(warning => `nginx: ${warning}`),
      ...nginxProblems(installed, world),
      ...failures,
    ],
    pools: installed.pools.map(p => wholeStatus(p, memory, start)),
  };
}

/** Why a pool has its current number of instances; null if there is no such pool. */
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
  const [pass] = viewsOf(found, memory, startOf(world, memory, now)) as [View, View?];
  const events = eventsOf(memory, name, world.epoch);
  const decision = decisions.at(-1) ?? null;
  return { version: 1, pool: name, desired: desired(pass), decision, decisions: [...decisions], events };
}
