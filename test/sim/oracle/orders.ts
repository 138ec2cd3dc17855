import type { InstalledPool } from '../../../src/model/installed.ts';
import type { World } from '../../../src/plan/world.ts';

type Order = World['commands'][number];

/** Least and most, both ends included. */
export interface Range {
  min: number;
  max: number;
}

/** What an administrator wants of one pool. */
interface Wanted {
  range: Range | null;
  isStopped: boolean;
  /** When all instances were to be replaced, ms. */
  restartedAt: number;
}

/** What administrators want of all pools, by what they installed and ordered. */
export class Orders {
  #wanted = new Map<string, Wanted>();

  /** `cgipool scale`, `stop` and `restart` do not survive the loss of the memory. */
  forget(): void {
    this.#wanted.clear();
  }

  /** A pool that is removed takes its orders along. */
  keepOnly(installed: readonly InstalledPool[]): void {
    const names = new Set(installed.map(({ pool }) => pool.name));
    for (const name of this.#wanted.keys()) if (!names.has(name)) this.#wanted.delete(name);
  }

  accept(order: Order, now: number): void {
    const wanted = this.#of(order.pool);
    if (order.kind === 'scale') wanted.range = order.range;
    if (order.kind === 'restart') wanted.restartedAt = now;
    if (order.kind === 'start' || order.kind === 'stop') wanted.isStopped = order.kind === 'stop';
  }

  #of(name: string): Wanted {
    const known = this.#wanted.get(name) ?? { range: null, isStopped: false, restartedAt: 0 };
    this.#wanted.set(name, known);
    return known;
  }

  isStopped(name: string): boolean {
    return this.#of(name).isStopped;
  }

  isByHand(name: string): boolean {
    return this.#of(name).range !== null;
  }

  /** How many the pool may have: by hand, else by schedule (`isScheduled`), else by its file. */
  range({ pool }: InstalledPool, isScheduled: boolean): Range {
    const slots = pool.slots.length - pool.nginx.backup.length;
    const { isStopped, range } = this.#of(pool.name);
    if (isStopped) return { min: 0, max: 0 };
    const { min, max } = range ?? (isScheduled ? pool.schedules[0] : null) ?? pool;
    return { min: Math.min(min, slots), max: Math.min(max, slots) };
  }

  /** Instances that started earlier are to go, ms. */
  renewedAt({ pool, revision }: InstalledPool): number {
    return Math.max(revision, this.#of(pool.name).restartedAt);
  }
}
