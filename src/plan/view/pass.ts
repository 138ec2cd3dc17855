import { own } from '../../base/own.ts';
import { isAlive, isQueued, type LoadSample, type Unit } from '../../model/observed.ts';
import type { Pool } from '../../model/pool.ts';
import type { Decision } from '../../scale/decision.ts';
import type { Action } from '../action.ts';
import type { InstanceMemory } from '../state/instance.ts';
import type { PoolMemory } from '../state/memory.ts';
import { isOf, type Tier } from '../state/tiers.ts';
import type { World } from '../world.ts';

/** How many events a pool remembers for `cgipool why`. */
const MAX_EVENTS = 50;

/**
 * One pool in one pass: what the rules read and what they add to. `memory` is a draft that belongs to this
 * pass alone, so the rules may change it and plan() stays a pure function.
 */
export interface Pass {
  pool: Pool;
  /** These are the slots of Backup=. */
  backup: boolean;
  revision: number;
  /** Slots that the pool had before; what serves there is to be replaced. */
  retired: readonly number[];
  now: number;
  world: World;
  units: ReadonlyMap<number, Unit>;
  /** Its load, by slot, where this pass took a sample. */
  samples: ReadonlyMap<number, LoadSample>;
  /** Slots that nginx may send to: those of the pool, and those that it had. */
  servable: ReadonlySet<number>;
  /** Slots that nginx sends to; empty when it is not known to send to any. */
  live: ReadonlySet<number>;
  memory: PoolMemory;
  actions: Action[];
  /** What this pass noted beside its actions, for the journal. */
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

/** Opens a pass at one pool on a copy of its memory. */
export function beginPass(
  tier: Tier,
  memory: PoolMemory,
  { world, units, samples }: WorldIndex,
  now: number,
): Pass {
  const { installed, backup } = tier;
  const { pool, revision, retired } = installed;
  const mine = [...(units.get(pool.name) ?? [])].filter(([slot]) => isOf(tier, slot));
  return {
    pool,
    backup,
    revision,
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

/** Replaces a part of what is remembered of a slot; memories are shared between passes, so never in place. */
export function amend(pass: Pass, slot: number, change: Partial<InstanceMemory>): void {
  const known = pass.memory.instances[slot];
  if (known) pass.memory.instances[slot] = { ...known, ...change };
}

/** Instances that count towards the desired number. */
export function members(pass: Pass): Member[] {
  const found: Member[] = [];
  for (const [slot, unit] of pass.units) {
    const memory = pass.memory.instances[slot];
    if (memory && !memory.drain && (isAlive(unit) || isQueued(unit))) found.push({ slot, unit, memory });
  }
  return found;
}

export const healthy = (list: readonly Member[]): Member[] => list.filter(m => m.memory.phase === 'healthy');

/** Remembers an event, the last ones at least. Tells whether it is a new one: what is tried again and again is not. */
export function remember(pass: Pass, text: string): boolean {
  const { events } = pass.memory;
  const again = events.at(-1)?.text === text;
  const before = again ? events.slice(0, -1) : events;
  pass.memory.events = [...before, { at: pass.now, text }].slice(-MAX_EVENTS);
  return !again;
}

/** Notes something for people: `cgipool why` and the journal tell it. */
export function note(pass: Pass, text: string): void {
  if (remember(pass, text)) pass.news.push(text);
}

/** Adds an action on a slot and remembers it; whoever carries it out tells the journal. */
export function act(
  pass: Pass,
  kind: 'start' | 'restart' | 'stop' | 'resetFailed',
  slot: number,
  reason: string,
): void {
  const action = { pool: pass.pool.name, slot, reason };
  const held = pass.units.get(slot)?.held ?? false;
  pass.actions.push(kind === 'stop' ? { kind, held, ...action } : { kind, ...action });
  if (kind !== 'resetFailed') remember(pass, `${kind} ${slot}: ${reason}`);
}

type ByPool<T> = ReadonlyMap<string, ReadonlyMap<number, T>>;

/** A world, and what it has of each instance by pool and slot. */
export interface WorldIndex {
  world: World;
  units: ByPool<Unit>;
  samples: ByPool<LoadSample>;
}

function byPool<T extends { pool: string; slot: number }>(list: readonly T[]): ByPool<T> {
  const found = new Map<string, Map<number, T>>();
  for (const one of list) {
    const slots = found.get(one.pool) ?? new Map<number, T>();
    found.set(one.pool, slots.set(one.slot, one));
  }
  return found;
}

/** Sorted once: a thousand instances are looked up some ten times each in a pass. */
export const indexWorld = (world: World): WorldIndex => ({
  world,
  units: byPool(world.units),
  samples: byPool(world.load),
});
