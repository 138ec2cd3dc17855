import { own } from '../../base/own.ts';
import type { LoadSample, Unit } from '../../model/observed.ts';
import type { Pool } from '../../model/pool.ts';
import type { Action, ActionKind } from '../action.ts';
import type { PoolMemory } from '../state/memory.ts';
import { isOf, type Tier } from '../state/tiers.ts';
import type { World } from '../world.ts';
import type { WorldIndex } from './world-index.ts';

/*
 * One pass over one pool, as the rules of each phase see it. A phase's type has only what its rules may change:
 * learning rules cannot act, deciding rules change only the target, and only filling rules can start instances.
 */

type Frozen<T> = T extends readonly (infer E)[]
  ? readonly Frozen<E>[]
  : T extends object
    ? { readonly [K in keyof T]: Frozen<T[K]> }
    : T;

/** What every rule may read and none may change. */
export interface View {
  readonly pool: Pool;
  /** The tier of the backups (Backup=). */
  readonly backup: boolean;
  readonly revision: number;
  /** Slots that the pool had before; instances there are to be replaced. */
  readonly retired: readonly number[];
  readonly now: number;
  /** This is not the first pass: instances found healthy before are in memory. */
  readonly hasHistory: boolean;
  readonly world: World;
  readonly units: ReadonlyMap<number, Unit>;
  /** The load by slot, if this pass took a sample. */
  readonly samples: ReadonlyMap<number, LoadSample>;
  /** Slots that nginx may send to: present and retired ones. */
  readonly servable: ReadonlySet<number>;
  /** Slots that nginx sends to, as far as known. */
  readonly live: ReadonlySet<number>;
  readonly memory: Frozen<PoolMemory>;
}

/** A view with these fields of the memory writable. */
type Remembering<K extends keyof PoolMemory> = Omit<View, 'memory'> & {
  readonly memory: Pick<PoolMemory, K> & Frozen<Omit<PoolMemory, K>>;
};

/** Can add notes for the journal and `cgipool why`. */
export type Noting = Remembering<'events'> & { readonly news: string[] };

/** Can add actions of these kinds. */
export type Acting<K extends ActionKind> = Noting & {
  readonly actions: { push(action: Extract<Action, { kind: K }>): unknown };
};

/** Can count failures. */
export type Recording = Remembering<'failures' | 'slotFailures'> & Noting;

/** Learns from observations and commands. */
export type Learning = Remembering<keyof PoolMemory> & Noting;

/** Decides how many instances are desired. */
export type Deciding = Remembering<'target' | 'scaling'> & Noting;

/** Takes out instances that are hung, recycled, stale or surplus. */
export type Replacing = Remembering<'instances' | 'failures' | 'slotFailures' | 'recycled'> &
  Acting<'restart' | 'stop'>;

/** Starts missing instances, and cleans up units that are no longer needed. */
export type Filling = Remembering<'instances'> &
  Acting<'start' | 'stop' | 'resetFailed' | 'openWakeSocket'> & { readonly actions: readonly Action[] };

/** Sets nginx's weights. */
export type Weighting = Remembering<'weighing'> & Noting;

/** The whole pass, as plan.ts holds it. `memory` is a draft of this pass alone, so that plan() stays pure. */
export type Pass = Learning & { readonly actions: Action[] };

const copyOf = (memory: PoolMemory): PoolMemory => ({
  ...memory,
  instances: { ...memory.instances },
  slotFailures: { ...memory.slotFailures },
  deaths: { ...memory.deaths },
  hints: { ...memory.hints },
  events: [...memory.events],
});

/** The input of a pass that all tiers share. */
export interface Start {
  index: WorldIndex;
  hasHistory: boolean;
  now: number;
}

/** Begins a pass over one tier, on a copy of its memory. */
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
