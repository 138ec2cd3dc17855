import type { Installed, InstalledPool } from '../pool/installed.ts';
import { own } from '../pool/own.ts';
import type { Decision } from '../scale/decision.ts';
import { type Action, inOrder } from './action.ts';
import { awakeOf, hangDoorbell, takeDownDoorbells, wake } from './doorbell.ts';
import { isEnding, stopDrained, takeBack } from './drain.ts';
import { clearFailed, forgive, prove, renew } from './failures.ts';
import { giveUpStarting, replaceHung, replaceStuck, watchPanic } from './liveness.ts';
import { type Look, openLook } from './look.ts';
import { type Memory, newPoolMemory, type PoolMemory } from './memory.ts';
import { obey } from './obey.ts';
import { endOrphans } from './orphans.ts';
import { publish, wantedSlots } from './publish.ts';
import { recycle } from './recycle.ts';
import { autoscale } from './scale.ts';
import { closeSockets } from './sockets.ts';
import { startMissing } from './starts.ts';
import { drainSurplus } from './surplus.ts';
import { adopt, follow, hear, track } from './track.ts';
import type { Live, Unit, World } from './world.ts';

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
}

/** Without an event, this often, ms: health of time limits and lost signals. */
const IDLE_LOOK = 1_000;
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
];

type UnitsByPool = Map<string, Map<number, Unit>>;

function byPool(units: readonly Unit[]): UnitsByPool {
  const found: UnitsByPool = new Map();
  for (const unit of units) {
    const slots = found.get(unit.pool) ?? new Map<number, Unit>();
    found.set(unit.pool, slots.set(unit.slot, unit));
  }
  return found;
}

function lookAt(
  installed: InstalledPool,
  units: Map<number, Unit>,
  world: World,
  memory: Memory,
  now: number,
): Look {
  const known: PoolMemory = own(memory.pools, installed.pool.name) ?? newPoolMemory(installed.pool.min);
  const look = openLook(installed, known, units, world, now);
  for (const rule of RULES) {
    rule(look);
    if (rule === track && !memory.seasoned) adopt(look);
  }
  return look;
}

const wantedLive = (looks: readonly Look[]): Live =>
  Object.fromEntries(looks.map(look => [look.pool.name, wantedSlots(look)]));

const memoriesOf = (looks: readonly Look[]): Record<string, PoolMemory> =>
  Object.fromEntries(looks.map(look => [look.pool.name, look.memory]));

/**
 * Compares what is wanted with what is, and says what to do about it. Pure: the same pools, world, memory and
 * time (ms since the epoch) give the same plan, and none of them is changed.
 */
export function plan(installed: Pick<Installed, 'pools'>, world: World, memory: Memory, now: number): Plan {
  const units = byPool(world.units);
  const looks = installed.pools.map(p => lookAt(p, units.get(p.pool.name) ?? new Map(), world, memory, now));
  const published = publish(memory.publish, world, wantedLive(looks), now);
  const orphans = endOrphans(installed.pools, world);
  const bells = takeDownDoorbells(installed.pools, world);
  const actions = [...looks.flatMap(look => look.actions), ...orphans, ...bells];
  if (published.action) actions.push(published.action);
  const wakeAt = Math.min(
    now + (looks.some(isEnding) ? DRAIN_LOOK : IDLE_LOOK),
    published.wakeAt ?? Infinity,
  );
  return {
    actions: inOrder(actions),
    news: looks.flatMap(({ pool, news }) => news.map(text => `${pool.name}: ${text}`)),
    decisions: Object.fromEntries(
      looks.flatMap(({ pool, decision }) => (decision ? [[pool.name, decision]] : [])),
    ),
    awake: Object.fromEntries(looks.flatMap(awakeOf)),
    memory: { version: 1, seasoned: true, pools: memoriesOf(looks), publish: published.memory },
    wakeAt,
  };
}
