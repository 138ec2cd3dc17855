import type { Pool } from '../model/pool.ts';
import type { Work } from './queue/station.ts';

/** How many instances there may be. */
export interface InstanceBounds {
  min: number;
  max: number;
}

/** A pool file to try. */
export interface Policy {
  name: string;
  /** Its path as given. */
  file: string;
  pool: Pool;
  /** The bounds at a time, ms since the epoch. */
  boundsAt: (ms: number) => InstanceBounds;
}

/** Assumptions about workers and the controller. */
export interface Model extends Work {
  /** From one decision to the next, ms. */
  tick: number;
}
