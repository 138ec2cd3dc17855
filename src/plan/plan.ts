import type { Installed } from '../pool/installed.ts';
import { own } from '../pool/own.ts';
import type { Decision } from '../scale/decision.ts';
import { type Action, inOrder } from './action.ts';
import { isCalm } from './calm.ts';
import { awakeOf, hangDoorbell, takeDownDoorbells, wake } from './doorbell.ts';
import { isEnding, stopDrained, takeBack } from './drain.ts';
import { clearFailed, forgive, prove, renew } from './failures.ts';
import { giveUpRestarting, replaceHung, replaceStuck } from './hung.ts';
import { healthy, type Look, members, openLook } from './look.ts';
import type { Memory, PoolMemory } from './memory.ts';
import { obey } from './obey.ts';
import { endOrphans } from './orphans.ts';
import { watchPanic } from './panic.ts';
import { publish, settles, wantedSlots } from './publish.ts';
import { memoryOf, type Rank, ranksOf } from './ranks.ts';
import { recycle } from './recycle.ts';
import { autoscale } from './scale.ts';
import { type Sight, sightOf } from './sight.ts';
import { closeSockets } from './sockets.ts';
import { startMissing } from './starts.ts';
import { giveUpStarting } from './stillborn.ts';
import { drainSurplus } from './surplus.ts';
import { adopt, follow, hear, track } from './track.ts';
import { weigh } from './weigh.ts';
import type { Live, Routing, Weights, World } from './world.ts';

export interface Plan {
  actions: Action[];
  memory: Memory;
  /** What people should hear beside the actions: `search: scale 2 -> 3: up at once, by cpu`. */
  news: string[];
  /** What the tick decided, by pool; empty without one. */
  decisions: Record<string, Decision>;
  /** What to dial in a woken pool, for pools with a doorbell; null while no instance is healthy. */
  awake: Record<string, string | null>;
  /** Look again no later than this, ms since the epoch. */
  wakeAt: number;
  /** Nothing is amiss in any pool, and nothing is sampled. */
  isCalm: boolean;
}

/** Without an event, this often, ms: health of time limits and lost signals. */
const IDLE_LOOK = 1_000;
/** Where nothing is amiss and nothing is sampled, ms: a look costs some 10 ms of CPU time, mostly the kernel's. */
const CALM_LOOK = 2_000;
/** While something ends its connections are watched this often, ms. */
const DRAIN_LOOK = 200;

/** What a look does to a pool, in this order: first hear, then judge, then make room, then fill. */
const RULES: readonly ((look: Look) => void)[] = [
  renew,
  obey,
  track,
  follow,
  hear,
  prove,
  forgive,
  autoscale,
  wake,
  watchPanic,
  giveUpStarting,
  giveUpRestarting,
  replaceHung,
  replaceStuck,
  recycle,
  takeBack,
  stopDrained,
  drainSurplus,
  clearFailed,
  startMissing,
  closeSockets,
  hangDoorbell,
  weigh,
];

/** A rank and its look. */
interface Seen {
  rank: Rank;
  look: Look;
}

function lookAt(rank: Rank, sight: Sight, memory: Memory, now: number): Seen {
  const look = openLook(rank, memoryOf(memory, rank), sight, now);
  for (const rule of RULES) {
    rule(look);
    if (rule === track && !memory.seasoned) adopt(look);
  }
  return { rank, look };
}

const byNumber = (a: number, b: number): number => a - b;

function pauseAfter(looks: readonly Look[], areCalm: boolean): number {
  if (looks.some(isEnding)) return DRAIN_LOOK;
  return areCalm ? CALM_LOOK : IDLE_LOOK;
}

const standsBy = (look: Look): boolean => look.standby && healthy(members(look)).length > 0;

/** Where nginx should send what, of all ranks of a pool together. */
function routingOf(looks: readonly Look[]): Routing {
  const live: Live = {};
  const weights: Weights = {};
  const backed = new Set(looks.filter(standsBy).map(look => look.pool.name));
  for (const look of looks) {
    const { name } = look.pool;
    const slots = wantedSlots(look, backed.has(name) && !look.standby);
    live[name] = [...(own(live, name) ?? []), ...slots].sort(byNumber);
    if (Object.keys(look.memory.weighing.weights).length > 0) weights[name] = look.memory.weighing.weights;
  }
  return { live, weights };
}

const memoriesOf = (seen: readonly Seen[]): Record<string, PoolMemory> =>
  Object.fromEntries(seen.map(({ rank, look }) => [rank.key, look.memory]));

/**
 * Compares what is wanted with what is, and says what to do about it. Pure: the same pools, world, memory and
 * time (ms since the epoch) give the same plan, and none of them is changed.
 */
export function plan(installed: Pick<Installed, 'pools'>, world: World, memory: Memory, now: number): Plan {
  const sight = sightOf(world);
  const seen = installed.pools.flatMap(ranksOf).map(rank => lookAt(rank, sight, memory, now));
  const looks = seen.map(({ look }) => look);
  const routing = routingOf(looks);
  const published = publish(memory.publish, world, routing, settles(looks, routing), now);
  const orphans = endOrphans(installed.pools, world);
  const bells = takeDownDoorbells(installed.pools, world);
  const actions = [...looks.flatMap(look => look.actions), ...orphans, ...bells];
  if (published.action) actions.push(published.action);
  const areCalm = looks.every(isCalm);
  const wakeAt = Math.min(now + pauseAfter(looks, areCalm), published.wakeAt ?? Infinity);
  return {
    actions: inOrder(actions),
    news: looks.flatMap(({ pool, news }) => news.map(text => `${pool.name}: ${text}`)),
    decisions: Object.fromEntries(
      looks.flatMap(({ pool, decision }) => (decision ? [[pool.name, decision]] : [])),
    ),
    awake: Object.fromEntries(looks.flatMap(awakeOf)),
    memory: { version: 1, seasoned: true, pools: memoriesOf(seen), publish: published.memory },
    wakeAt,
    isCalm: areCalm,
  };
}
