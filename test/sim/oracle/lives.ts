import type { InstalledPool } from '../../../src/model/installed.ts';
import { socketPath, unitName } from '../../../src/model/names.ts';
import { isVacant, type LoadSample } from '../../../src/model/observed.ts';
import type { Pool } from '../../../src/model/pool.ts';
import { isRouted } from '../../../src/model/traits.ts';
import type { World } from '../../../src/plan/world.ts';
import { Life } from './life.ts';

const keyOf = (pool: string, slot: number): string => `${pool}@${slot}`;

/** The lives of all instances, as the passes observed them. */
export class Lives {
  #bySlot = new Map<string, Life>();
  #pools = new Map<string, Pool>();

  /** The controller lost its memory. */
  forget(): void {
    for (const life of this.#bySlot.values()) life.forget();
  }

  at(pool: string, slot: number): Life | undefined {
    return this.#bySlot.get(keyOf(pool, slot));
  }

  /** Those of a pool: its backups, or all others. */
  of({ name, nginx }: Pool, isBackup = false): Life[] {
    return [...this.#bySlot.values()].filter(
      ({ unit }) => unit.pool === name && nginx.backup.includes(unit.slot) === isBackup,
    );
  }

  observe(world: World, installed: readonly InstalledPool[], now: number, isFirst: boolean): void {
    this.#pools = new Map(installed.map(({ pool }) => [pool.name, pool]));
    this.#see(world, now);
    if (isFirst) this.#adopt(world);
    for (const sample of world.load) this.#load(sample, now);
    for (const outcome of world.probes) {
      const health = this.#pools.get(outcome.pool)?.health;
      if (health) this.#life(outcome.pool, outcome.slot, outcome.invocation)?.probed(outcome, health, now);
    }
    for (const life of this.#bySlot.values()) this.#reach(life, world, now);
  }

  #load({ pool, slot, invocation, ended, requests, oldest }: LoadSample, now: number): void {
    const life = this.#life(pool, slot, invocation);
    const most = this.#pools.get(pool)?.health.requestTimeout ?? null;
    if (ended || requests) life?.worked(now);
    if (most !== null && (oldest ?? 0) > most) life?.stuck(now);
  }

  #life(pool: string, slot: number, invocation: string): Life | undefined {
    const life = this.at(pool, slot);
    return life?.unit.invocation === invocation ? life : undefined;
  }

  #see(world: World, now: number): void {
    const before = this.#bySlot;
    this.#bySlot = new Map();
    // of a pool that is not installed nothing is known
    for (const unit of world.units.filter(({ pool }) => this.#pools.has(pool))) {
      const key = keyOf(unit.pool, unit.slot);
      const known = before.get(key);
      const life =
        known?.unit.invocation === unit.invocation
          ? known
          : new Life(unit, now, isVacant(known?.unit) ? undefined : known);
      life.see(unit, now);
      this.#bySlot.set(key, life);
    }
  }

  /** What nginx serves when a controller without memory begins was found healthy by its predecessor. */
  #adopt({ published }: World): void {
    for (const [pool, slots] of Object.entries(published?.live ?? {}))
      for (const slot of slots) {
        const life = this.at(pool, slot);
        if (life && !isVacant(life.unit)) life.prove();
      }
  }

  /** Whether clients find it, and it alone. */
  #reach(life: Life, world: World, now: number): void {
    const { pool: name, slot, job } = life.unit;
    const pool = this.#pools.get(name);
    if (!pool) return;
    const isThere =
      pool.listen === 'unix' ? world.socketFiles.has(socketPath(name, slot)) : world.listening.has(slot);
    life.isListening = isThere || !isRouted(pool);
    const isLost = pool.listen === 'unix' && life.isHealthy && life.isRunning && !job && !isThere;
    if (isLost || world.strangers.has(unitName(name, slot))) life.fell(now);
    if (pool.health.probe === 'none' && life.isRunning && life.isListening) life.prove();
  }
}
