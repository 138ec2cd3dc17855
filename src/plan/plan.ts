import type { Installed } from '../model/installed.ts';
import type { Decision } from '../scale/decision.ts';
import { type Action, inOrder } from './action.ts';
import { isAwaited, isCalm } from './calm.ts';
import { learnClues } from './learn/clues.ts';
import { applyCommands } from './learn/commands.ts';
import { markRevisionGood, resetFailures, resetOnNewRevision } from './learn/failures.ts';
import { adoptPublished, applyTraffic, countFailedStarts, trackLives } from './learn/lives.ts';
import { watchNeeds } from './learn/needs.ts';
import { watchOutage } from './learn/outage.ts';
import { countProbes } from './learn/probes.ts';
import { cancelDrains, isEnding, stopDrained } from './replace/drain.ts';
import { giveUpRestarting, replaceHung, replaceStuck } from './replace/hung.ts';
import { recycle } from './replace/recycle.ts';
import { drainForeign, rollOver, shrink } from './replace/roll-over.ts';
import { giveUpStarting } from './replace/starting.ts';
import { dropImpersonated } from './replace/strangers.ts';
import { replaceVanished } from './replace/vanished.ts';
import { publish, settlingOf } from './route/publish.ts';
import { routingOf } from './route/routing.ts';
import { weigh } from './route/weights.ts';
import { autoscale } from './size/autoscale.ts';
import { clearFailed, closeSockets, endOrphans } from './size/cleanup.ts';
import { placesOf } from './size/places.ts';
import { startMissing } from './size/start.ts';
import { closeWakeSockets, openWakeSocket, wake, wakeTargetsOf } from './size/wake.ts';
import { MEMORY_SCHEMA, type Memory, type PoolMemory } from './state/memory.ts';
import { memoryOf, type Tier, tiersOf } from './state/tiers.ts';
import { serving } from './view/members.ts';
import {
  beginPass,
  type Deciding,
  type Filling,
  type Learning,
  type Pass,
  type Replacing,
  type Start,
  type Weighting,
} from './view/pass.ts';
import { suspectsOf } from './view/suspects.ts';
import { indexWorld } from './view/world-index.ts';
import type { World } from './world.ts';

export interface Plan {
  actions: Action[];
  memory: Memory;
  /** Lines for the journal beside the actions: `search: slot 8000 is healthy: 200 in 3 ms`. */
  news: string[];
  /** Scaling decisions, by pool; empty without a tick. */
  decisions: Record<string, Decision>;
  /** The endpoint that a pool's wake service dials, for pools that scale to zero; null while no instance is healthy. */
  wakeTargets: Record<string, string | null>;
  /** The lives (invocations) whose load counts: those that receive requests, and are not backups. */
  serving: ReadonlySet<string>;
  /** The units to look at more closely in the next pass: see Clue. */
  suspects: ReadonlySet<string>;
  /** Reconcile again no later than this, ms since the epoch. */
  wakeAt: number;
}

/*
 * The phases of a pass and the rules of each, in order. A rule's type limits what it may change: a learning rule cannot
 * act, a deciding one can only change the target.
 */
const LEARN: readonly ((pass: Learning) => void)[] = [
  resetOnNewRevision,
  applyCommands,
  watchNeeds,
  countFailedStarts,
  trackLives,
  adoptPublished,
  applyTraffic,
  countProbes,
  learnClues,
  markRevisionGood,
  resetFailures,
  watchOutage,
];
const DECIDE: readonly ((pass: Deciding) => Decision | null)[] = [autoscale, wake];
const REPLACE: readonly ((pass: Replacing) => void)[] = [
  dropImpersonated,
  replaceVanished,
  giveUpStarting,
  giveUpRestarting,
  replaceHung,
  replaceStuck,
  recycle,
  cancelDrains,
  stopDrained,
  drainForeign,
  shrink,
  rollOver,
];
const FILL: readonly ((pass: Filling, places: number) => void)[] = [
  clearFailed,
  startMissing,
  closeSockets,
  openWakeSocket,
];
const ROUTE: readonly ((pass: Weighting) => void)[] = [weigh];

/** The result of a pass over one tier. */
interface Reconciled {
  tier: Tier;
  pass: Pass;
  decision: Decision | null;
}

function reconcile(tier: Tier, memory: Memory, start: Start): Reconciled {
  const pass = beginPass(tier, memoryOf(memory, tier), start);
  for (const learn of LEARN) learn(pass);
  const [decision = null] = DECIDE.map(decide => decide(pass)).filter(made => made !== null);
  for (const replace of REPLACE) replace(pass);
  return { tier, pass, decision };
}

/** What starts depends on all pools: they share the machine. Returns whether some have to wait for their turn. */
function fillAll(passes: readonly Pass[]): boolean {
  const { places, isCrowded } = placesOf(passes);
  for (const pass of passes) {
    for (const fill of FILL) fill(pass, places.get(pass) ?? 0);
    for (const route of ROUTE) route(pass);
  }
  return isCrowded;
}

/** Without an event, ms: for time limits and lost signals. */
const IDLE_INTERVAL_MS = 1_000;
/** While all is well and no rule needs samples, ms: a pass costs some 10 ms of CPU time, mostly the kernel's. */
const CALM_INTERVAL_MS = 2_000;
/** While an instance drains its last connections, or is about to listen and no probe says when, ms. */
const ALERT_INTERVAL_MS = 200;

function pauseAfter(passes: readonly Pass[], areCalm: boolean): number {
  if (passes.some(pass => isEnding(pass) || isAwaited(pass))) return ALERT_INTERVAL_MS;
  return areCalm ? CALM_INTERVAL_MS : IDLE_INTERVAL_MS;
}

const servingLives = (pass: Pass): string[] =>
  pass.backup ? [] : serving(pass).map(({ unit }) => unit.invocation);

const memoriesOf = (all: readonly Reconciled[]): Record<string, PoolMemory> =>
  Object.fromEntries(all.map(({ tier, pass }) => [tier.key, pass.memory]));

const decisionsOf = (all: readonly Reconciled[]): Record<string, Decision> =>
  Object.fromEntries(all.flatMap(({ pass, decision }) => (decision ? [[pass.pool.name, decision]] : [])));

/**
 * Compares the desired state with the observed one and returns the actions that close the gap. Pure: the same pools,
 * world, memory and time (ms since the epoch) give the same plan, and none of them is changed.
 */
export function plan(installed: Pick<Installed, 'pools'>, world: World, memory: Memory, now: number): Plan {
  const start = { index: indexWorld(world), hasHistory: memory.hasHistory, now };
  const all = installed.pools.flatMap(tiersOf).map(tier => reconcile(tier, memory, start));
  const passes = all.map(({ pass }) => pass);
  const isCrowded = fillAll(passes);
  const routing = routingOf(passes);
  const published = publish(memory.publish, world, routing, settlingOf(passes, routing, isCrowded), now);
  const orphans = endOrphans(installed.pools, world);
  const wakeSockets = closeWakeSockets(installed.pools, world);
  const actions = [...passes.flatMap(pass => pass.actions), ...orphans, ...wakeSockets];
  if (published.action) actions.push(published.action);
  const areCalm = passes.every(isCalm);
  return {
    actions: inOrder(actions),
    news: passes.flatMap(({ pool, news }) => news.map(text => `${pool.name}: ${text}`)),
    decisions: decisionsOf(all),
    wakeTargets: Object.fromEntries(passes.flatMap(wakeTargetsOf)),
    serving: new Set(passes.flatMap(servingLives)),
    suspects: new Set(passes.flatMap(suspectsOf)),
    memory: { version: MEMORY_SCHEMA, hasHistory: true, pools: memoriesOf(all), publish: published.memory },
    wakeAt: Math.min(now + pauseAfter(passes, areCalm), published.wakeAt ?? Number.POSITIVE_INFINITY),
  };
}
