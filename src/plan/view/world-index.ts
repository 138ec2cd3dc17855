import type { LoadSample, Unit } from '../../model/observed.ts';
import type { World } from '../world.ts';

type ByPool<T> = ReadonlyMap<string, ReadonlyMap<number, T>>;

/** A world, and its units and samples by pool and slot. */
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

/** Indexed once: a pass looks each of a thousand instances up some ten times. */
export const indexWorld = (world: World): WorldIndex => ({
  world,
  units: byPool(world.units),
  samples: byPool(world.load),
});
