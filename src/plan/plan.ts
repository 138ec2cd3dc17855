import { own } from '../base/own.ts';
import type { Installed } from '../model/installed.ts';
import type { Pool } from '../model/pool.ts';
import type { Live, Routing, Weights } from '../model/routing.ts';
import type { Decision } from '../scale/decision.ts';
import { type Action, inOrder } from './action.ts';
import { applyCommands } from './learn/commands.ts';
import { clearFailed, markRevisionGood, resetFailures, resetOnNewRevision } from './learn/failures.ts';
import { adoptPublished, applyTraffic, countProbes, trackLives } from './learn/lives.ts';
import { cancelDrains, isEnding, stopDrained } from './replace/drain.ts';
import { giveUpRestarting, giveUpStarting, replaceHung, replaceStuck } from './replace/hung.ts';
import { watchOutage } from './replace/outage.ts';
import { recycle } from './replace/recycle.ts';
import { drainSurplus } from './replace/roll-over.ts';
import { publish, settles, wantedSlots } from './route/routing.ts';
import { weigh } from './route/weights.ts';
import { autoscale } from './size/autoscale.ts';
import { closeSockets, endOrphans } from './size/sockets.ts';
import { startMissing } from './size/start.ts';
import { awakeOf, closeWakeSockets, openWakeSocket, wake } from './size/wake.ts';
import { MEMORY_SCHEMA, type Memory, type PoolMemory } from './state/memory.ts';
import { memoryOf, type Tier, tiersOf } from './state/tiers.ts';
import { desired } from './view/desired.ts';
import { beginPass, healthy, indexWorld, members, type Pass, type WorldIndex } from './view/pass.ts';
import type { World } from './world.ts';

export interface Plan {
  actions: Action[];
  memory: Memory;
  /** What people should hear beside the actions: `search: scale 2 -> 3: cpu calls for more`. */
  news: string[];
  /** What the tick decided, by pool; empty without one. */
  decisions: Record<string, Decision>;
  /** What to dial in a woken pool, for pools with a wakeSocket; null while no instance is healthy. */
  awake: Record<string, string | null>;
  /** Reconcile again no later than this, ms since the epoch. */
  wakeAt: number;
  /** Nothing is amiss in any pool, and nothing is sampled. */
  isCalm: boolean;
}

/** Without an event, this often, ms: health of time limits and lost signals. */
const IDLE_INTERVAL_MS = 1_000;
/** Where nothing is amiss and nothing is sampled, ms: a pass costs some 10 ms of CPU time, mostly the kernel's. */
const CALM_INTERVAL_MS = 2_000;
/** While something ends its connections are watched this often, ms. */
const DRAIN_INTERVAL_MS = 200;

/** What a pass does to a pool, in this order: first countProbes, then judge, then make room, then fill. */
const RULES: readonly ((pass: Pass) => void)[] = [
  resetOnNewRevision,
  applyCommands,
  trackLives,
  applyTraffic,
  countProbes,
  markRevisionGood,
  resetFailures,
  autoscale,
  wake,
  watchOutage,
  giveUpStarting,
  giveUpRestarting,
  replaceHung,
  replaceStuck,
  recycle,
  cancelDrains,
  stopDrained,
  drainSurplus,
  clearFailed,
  startMissing,
  closeSockets,
  openWakeSocket,
  weigh,
];

/** A tier and its pass. */
interface Seen {
  tier: Tier;
  pass: Pass;
}

function lookAt(tier: Tier, index: WorldIndex, memory: Memory, now: number): Seen {
  const pass = beginPass(tier, memoryOf(memory, tier), index, now);
  for (const rule of RULES) {
    rule(pass);
    if (rule === trackLives && !memory.hasHistory) adoptPublished(pass);
  }
  return { tier, pass };
}

const byNumber = (a: number, b: number): number => a - b;

function pauseAfter(passes: readonly Pass[], areCalm: boolean): number {
  if (passes.some(isEnding)) return DRAIN_INTERVAL_MS;
  return areCalm ? CALM_INTERVAL_MS : IDLE_INTERVAL_MS;
}

const standsBy = (pass: Pass): boolean => pass.backup && healthy(members(pass)).length > 0;

/** Where nginx should send what, of all ranks of a pool together. */
function routingOf(passes: readonly Pass[]): Routing {
  const live: Live = {};
  const weights: Weights = {};
  const backed = new Set(passes.filter(standsBy).map(pass => pass.pool.name));
  for (const pass of passes) {
    const { name } = pass.pool;
    const slots = wantedSlots(pass, backed.has(name) && !pass.backup);
    live[name] = [...(own(live, name) ?? []), ...slots].sort(byNumber);
    if (Object.keys(pass.memory.weighing.weights).length > 0) weights[name] = pass.memory.weighing.weights;
  }
  return { live, weights };
}

const memoriesOf = (seen: readonly Seen[]): Record<string, PoolMemory> =>
  Object.fromEntries(seen.map(({ tier, pass }) => [tier.key, pass.memory]));

/**
 * Compares what is wanted with what is, and says what to do about it. Pure: the same pools, world, memory and
 * time (ms since the epoch) give the same plan, and none of them is changed.
 */
export function plan(installed: Pick<Installed, 'pools'>, world: World, memory: Memory, now: number): Plan {
  const index = indexWorld(world);
  const seen = installed.pools.flatMap(tiersOf).map(tier => lookAt(tier, index, memory, now));
  const passes = seen.map(({ pass }) => pass);
  const routing = routingOf(passes);
  const published = publish(memory.publish, world, routing, settles(passes, routing), now);
  const orphans = endOrphans(installed.pools, world);
  const bells = closeWakeSockets(installed.pools, world);
  const actions = [...passes.flatMap(pass => pass.actions), ...orphans, ...bells];
  if (published.action) actions.push(published.action);
  const areCalm = passes.every(isCalm);
  const wakeAt = Math.min(now + pauseAfter(passes, areCalm), published.wakeAt ?? Infinity);
  return {
    actions: inOrder(actions),
    news: passes.flatMap(({ pool, news }) => news.map(text => `${pool.name}: ${text}`)),
    decisions: Object.fromEntries(
      passes.flatMap(({ pool, decision }) => (decision ? [[pool.name, decision]] : [])),
    ),
    awake: Object.fromEntries(passes.flatMap(awakeOf)),
    memory: { version: MEMORY_SCHEMA, hasHistory: true, pools: memoriesOf(seen), publish: published.memory },
    wakeAt,
    isCalm: areCalm,
  };
}

/** What it goes by is sampled at each pass. */
const isSampled = ({ scale, health, nginx, recycling }: Pool): boolean =>
  [scale.concurrency, scale.queue, health.requestTimeout, recycling.maxMemory].some(
    limit => limit !== null,
  ) ||
  scale.spare > 0 ||
  nginx.weight === 'auto';

/** As much of a core as probes cost a worker, and no more. */
const IDLE_CPU_SHARE = 0.01;

/** Whoever has something to do may hang, which a pass sees by what it holds. */
const isIdle = ({ samples }: Pass): boolean =>
  [...samples.values()].every(
    ({ cpu, connections }) => (cpu ?? 0) < IDLE_CPU_SHARE && (connections ?? 0) === 0,
  );

/** All that are wanted are healthy and idle, nobody else is there, and nothing waits for a time to come. */
export function isCalm(pass: Pass): boolean {
  const { pool, units, memory, actions } = pass;
  const count = desired(pass);
  const isWhole = units.size === count && healthy(members(pass)).length === count;
  const isWell = memory.failures.count === 0 && Object.keys(memory.slotFailures).length === 0;
  return isWhole && isWell && actions.length === 0 && !isSampled(pool) && isIdle(pass);
}
