import { parseUnitName, unitName } from '../../src/model/names.ts';
import type { FailedStart, Need } from '../../src/model/observed.ts';
import type { Pool } from '../../src/model/pool.ts';

/** What the machine does to pools, beside their own instances. */
export class Surroundings {
  /** Units that pools require. */
  readonly needs = new Map<string, Need>([['db.service', 'up']]);
  /** Why there is no memory for more instances. */
  ceiling: string | null = null;
  /** Names of units that systemd refuses to start. */
  readonly masked = new Set<string>();
  /** polkit refuses all starts. */
  isDenied = false;
  /** The users of programs that listen in an instance's place, by the instance's unit name. */
  readonly strangers = new Map<string, string>();
  /** Pools whose first schedule is in force. */
  readonly scheduled = new Set<string>();

  /** The ports that these listen on. */
  strangePorts(): number[] {
    return [...this.strangers.keys()].flatMap(unit => parseUnitName(unit)?.slot ?? []);
  }

  /** The names of the schedules in force, by pool. */
  schedules(pools: readonly Pool[]): Record<string, string> {
    const on = pools.flatMap(({ name, schedules: [first] }) =>
      first && this.scheduled.has(name) ? [[name, first.name]] : [],
    );
    return Object.fromEntries(on);
  }

  /** What becomes of a start: null if systemd takes it. */
  refusal(pool: string, slot: number): FailedStart | null {
    if (this.isDenied) return { pool, slot, message: null };
    return this.masked.has(unitName(pool, slot)) ? { pool, slot, message: 'it is masked' } : null;
  }

  /** A unit that the pool requires is not there: systemd cancels starts. */
  isCancelled({ unit }: Pick<Pool, 'unit'>): boolean {
    return unit.some(({ value }) => this.needs.get(value) === 'failed');
  }

  heal(): void {
    for (const unit of this.needs.keys()) this.needs.set(unit, 'up');
    this.ceiling = null;
    this.isDenied = false;
    for (const list of [this.masked, this.strangers, this.scheduled]) list.clear();
  }
}
