import type { InstalledPool } from '../../../src/model/installed.ts';
import { isVacant, type Unit } from '../../../src/model/observed.ts';
import type { Action } from '../../../src/plan/action.ts';
import type { World } from '../../../src/plan/world.ts';
import type { FakeWorld } from '../../plan/fake-world.ts';
import type { Load } from '../load.ts';
import type { Surroundings } from '../surroundings.ts';
import type { Life } from './life.ts';
import { Lives } from './lives.ts';
import { Orders, type Range } from './orders.ts';
import { Publishes } from './publishes.ts';
import { Starts } from './starts.ts';

/** What really is, beside what was observed. */
export interface Truth {
  readonly fake: FakeWorld;
  readonly load: Load;
  readonly surroundings: Surroundings;
}

/** The slots of a pool that are managed together: its backups, or all others. */
export interface SlotGroup {
  installed: InstalledPool;
  isBackup: boolean;
  slots: number[];
}

/** Everything that the oracle goes by. None of it stems from the planner. */
export class Knowledge {
  readonly lives = new Lives();
  readonly orders = new Orders();
  readonly starts = new Starts();
  readonly publishes = new Publishes();
  installed: readonly InstalledPool[] = [];
  world: World | null = null;
  /** The actions of this pass. */
  actions: readonly Action[] = [];
  /** Pools that replace instances at a limit, or did. */
  readonly recycled = new Set<string>();
  /** Required units that were up since the pool was installed. */
  readonly wereUp = new Set<string>();

  constructor(readonly truth: Truth) {}

  get now(): number {
    return this.truth.fake.now;
  }

  pool(name: string): InstalledPool | undefined {
    return this.installed.find(({ pool }) => pool.name === name);
  }

  groups(installed: InstalledPool): SlotGroup[] {
    const { slots, nginx } = installed.pool;
    return [false, true]
      .map(isBackup => ({
        installed,
        isBackup,
        slots: slots.filter(slot => nginx.backup.includes(slot) === isBackup),
      }))
      .filter(group => group.slots.length > 0);
  }

  groupOf(installed: InstalledPool, slot: number): SlotGroup {
    const isBackup = installed.pool.nginx.backup.includes(slot);
    return this.groups(installed).find(group => group.isBackup === isBackup) as SlotGroup;
  }

  /** How many may run: all backups, whatever the load. */
  range({ installed, isBackup, slots }: SlotGroup): Range {
    const { name } = installed.pool;
    const isScheduled = this.truth.surroundings.scheduled.has(name);
    const all = this.orders.isStopped(name) ? 0 : slots.length;
    return isBackup ? { min: all, max: all } : this.orders.range(installed, isScheduled);
  }

  livesOf({ installed, isBackup }: SlotGroup): Life[] {
    return this.lives.of(installed.pool, isBackup);
  }

  unitAt(pool: string, slot: number): Unit | undefined {
    return this.world?.units.find(unit => unit.pool === pool && unit.slot === slot);
  }

  /** Slots without an instance on which nobody else listens. */
  spare({ installed, slots }: SlotGroup): number[] {
    const { name } = installed.pool;
    return slots.filter(slot => isVacant(this.unitAt(name, slot)) && !this.isTaken(installed, slot));
  }

  /** Another program has its port. */
  isTaken({ pool }: InstalledPool, slot: number): boolean {
    const unit = this.unitAt(pool.name, slot);
    const isOpen = pool.listen === 'tcp' && this.world?.listening.has(slot) === true;
    return isOpen && isVacant(unit) && !unit?.held;
  }

  /** How many healthy instances may not be gone below. */
  least(group: SlotGroup): number {
    const usable = group.slots.filter(slot => !this.isTaken(group.installed, slot)).length;
    // without a spare slot a successor needs the place of the old one
    const inPlace = this.spare(group).length === 0 ? 1 : 0;
    return Math.min(this.range(group).min, usable) - inPlace;
  }

  /** An old life is to be replaced. */
  isOld({ unit }: Life): boolean {
    const installed = this.pool(unit.pool);
    if (!installed) return false;
    return unit.startedAt < this.orders.renewedAt(installed) || installed.retired.includes(unit.slot);
  }
}
