import type { LoadSample, Unit } from '../../model/observed.ts';
import type { World } from '../world.ts';

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
