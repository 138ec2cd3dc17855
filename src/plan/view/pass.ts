import { own } from '../../base/own.ts';
import type { LoadSample, Unit } from '../../model/observed.ts';
import type { Pool } from '../../model/pool.ts';
import type { Action, ActionKind } from '../action.ts';
import type { PoolMemory } from '../state/memory.ts';
import { isOf, type Tier } from '../state/tiers.ts';
import type { World } from '../world.ts';
import type { WorldIndex } from './world-index.ts';

/*
 * One pass at one pool, as the rules of each phase are given it. What a phase may not touch is not in its type: who learns
 * cannot act, who decides can change nothing at all, and only who fills can start.
 */

type Frozen<T> = T extends readonly (infer E)[]
  ? readonly Frozen<E>[]
  : T extends object
    ? { readonly [K in keyof T]: Frozen<T[K]> }
    : T;

/** What every rule may read, and no rule may change. */
export interface View {
  readonly pool: Pool;
  /** These are the slots of Backup=. */
  readonly backup: boolean;
  readonly revision: number;
  /** Slots that the pool had before; what serves there is to be replaced. */
  readonly retired: readonly number[];
  readonly now: number;
  /** A pass came before this one: what it found healthy is remembered. */
  readonly hasHistory: boolean;
  readonly world: World;
  readonly units: ReadonlyMap<number, Unit>;
  /** Its load, by slot, where this pass took a sample. */
  readonly samples: ReadonlyMap<number, LoadSample>;
  /** Slots that nginx may send to: those of the pool, and those that it had. */
  readonly servable: ReadonlySet<number>;
  /** Slots that nginx sends to; empty when it is not known to send to any. */
  readonly live: ReadonlySet<number>;
  readonly memory: Frozen<PoolMemory>;
}

/** A view whose memory can be changed in these parts. */
type Remembering<K extends keyof PoolMemory> = Omit<View, 'memory'> & {
  readonly memory: Pick<PoolMemory, K> & Frozen<Omit<PoolMemory, K>>;
};

/** A view that takes notes for the journal and `cgipool why`. */
export type Noting = Remembering<'events'> & { readonly news: string[] };

/** A view that takes actions of these kinds. */
export type Acting<K extends ActionKind> = Noting & {
  readonly actions: { push(action: Extract<Action, { kind: K }>): unknown };
};

/** A view that counts failures. */
export type Recording = Remembering<'failures' | 'slotFailures'> & Noting;

/** Learns from what was observed and asked. */
export type Learning = Remembering<keyof PoolMemory> & Noting;

/** Says how many instances are wanted, and nothing else. */
export type Deciding = Remembering<'target' | 'scaling'> & Noting;

/** Takes out what is hung, worn out, old or too much. */
export type Replacing = Remembering<'instances' | 'failures' | 'slotFailures'> & Acting<'restart' | 'stop'>;

/** Fills the places that are free, and tidies the units that nobody needs. */
export type Filling = Remembering<'instances'> &
  Acting<'start' | 'stop' | 'resetFailed' | 'openWakeSocket'> & { readonly actions: readonly Action[] };

/** Says how nginx shares requests out. */
export type Weighting = Remembering<'weighing'> & Noting;

/** All of it: what the spine holds. `memory` is a draft of this pass alone, so that plan() stays a pure function. */
export type Pass = Learning & { readonly actions: Action[] };

const copyOf = (memory: PoolMemory): PoolMemory => ({
  ...memory,
  instances: { ...memory.instances },
  slotFailures: { ...memory.slotFailures },
  deaths: { ...memory.deaths },
  events: [...memory.events],
});

/** What a pass starts from, beside its tier. */
export interface Start {
  index: WorldIndex;
  hasHistory: boolean;
  now: number;
}

/** Begins a pass at one pool on a copy of its memory. */
export function beginPass(tier: Tier, memory: PoolMemory, { index, hasHistory, now }: Start): Pass {
  const { installed, backup } = tier;
  const { pool, revision, retired } = installed;
  const { world, units, samples } = index;
  const mine = [...(units.get(pool.name) ?? [])].filter(([slot]) => isOf(tier, slot));
  return {
    ...{ pool, backup, revision, retired, now, hasHistory, world },
    units: new Map(mine),
    samples: samples.get(pool.name) ?? new Map(),
    servable: new Set([...pool.slots, ...retired]),
    live: new Set(own(world.published?.live, pool.name)),
    memory: copyOf(memory),
    actions: [],
    news: [],
  };
}
