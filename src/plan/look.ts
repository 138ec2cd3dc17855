import { own } from '../pool/own.ts';
import type { Pool } from '../pool/pool.ts';
import type { Decision } from '../scale/decision.ts';
import type { Action } from './action.ts';
import type { InstanceMemory, PoolMemory } from './memory.ts';
import { isOf, type Rank } from './ranks.ts';
import type { Sight } from './sight.ts';
import { isAlive, isQueued, type LoadSample, type Unit, type World } from './world.ts';

/** How many events a pool remembers for `cgipool why`. */
const EVENTS_KEPT = 50;

/**
 * One pool in one look: what the rules read and what they add to. `memory` is a draft that belongs to this
 * look alone, so the rules may change it and plan() stays a pure function.
 */
export interface Look {
  pool: Pool;
  /** These are the slots of Backup=. */
  standby: boolean;
  changedAt: number;
  /** Slots that the pool had before; what serves there is to be replaced. */
  retired: readonly number[];
  now: number;
  world: World;
  units: ReadonlyMap<number, Unit>;
  /** Its load, by slot, where this look took a sample. */
  samples: ReadonlyMap<number, LoadSample>;
  /** Slots that nginx may send to: those of the pool, and those that it had. */
  servable: ReadonlySet<number>;
  /** Slots that nginx sends to; empty when it is not known to send to any. */
  live: ReadonlySet<number>;
  memory: PoolMemory;
  actions: Action[];
  /** What this look noted beside its actions, for the journal. */
  news: string[];
  /** What the tick decided, if there was one. */
  decision: Decision | null;
}

/** An instance that systemd keeps alive, or is about to start, and that is not on its way out. */
export interface Member {
  slot: number;
  unit: Unit;
  memory: InstanceMemory;
}

const copyOf = (memory: PoolMemory): PoolMemory => ({
  ...memory,
  instances: { ...memory.instances },
  slotFailures: { ...memory.slotFailures },
  deaths: { ...memory.deaths },
  events: [...memory.events],
});

/** Opens a look at one pool on a copy of its memory. */
export function openLook(
  rank: Rank,
  memory: PoolMemory,
  { world, units, samples }: Sight,
  now: number,
): Look {
  const { installed, standby } = rank;
  const { pool, changedAt, retired } = installed;
  const mine = [...(units.get(pool.name) ?? [])].filter(([slot]) => isOf(rank, slot));
  return {
    pool,
    standby,
    changedAt,
    retired,
    now,
    world,
    units: new Map(mine),
    samples: samples.get(pool.name) ?? new Map(),
    servable: new Set([...pool.slots, ...retired]),
    live: new Set(own(world.published?.live, pool.name)),
    memory: copyOf(memory),
    actions: [],
    news: [],
    decision: null,
  };
}

/** Replaces a part of what is remembered of a slot; memories are shared between looks, so never in place. */
export function amend(look: Look, slot: number, change: Partial<InstanceMemory>): void {
  const known = look.memory.instances[slot];
  if (known) look.memory.instances[slot] = { ...known, ...change };
}

/** Instances that count towards the desired number. */
export function members(look: Look): Member[] {
  const found: Member[] = [];
  for (const [slot, unit] of look.units) {
    const memory = look.memory.instances[slot];
    if (memory && !memory.drain && (isAlive(unit) || isQueued(unit))) found.push({ slot, unit, memory });
  }
  return found;
}

export const healthy = (list: readonly Member[]): Member[] => list.filter(m => m.memory.phase === 'healthy');

/** Remembers an event, the last ones at least. Tells whether it is a new one: what is tried again and again is not. */
export function remember(look: Look, text: string): boolean {
  const { events } = look.memory;
  const again = events.at(-1)?.text === text;
  const before = again ? events.slice(0, -1) : events;
  look.memory.events = [...before, { at: look.now, text }].slice(-EVENTS_KEPT);
  return !again;
}

/** Notes something for people: `cgipool why` and the journal tell it. */
export function note(look: Look, text: string): void {
  if (remember(look, text)) look.news.push(text);
}

/** Adds an action on a slot and remembers it; whoever carries it out tells the journal. */
export function act(
  look: Look,
  kind: 'start' | 'restart' | 'stop' | 'resetFailed',
  slot: number,
  reason: string,
): void {
  const action = { pool: look.pool.name, slot, reason };
  const held = look.units.get(slot)?.held ?? false;
  look.actions.push(kind === 'stop' ? { kind, held, ...action } : { kind, ...action });
  if (kind !== 'resetFailed') remember(look, `${kind} ${slot}: ${reason}`);
}
