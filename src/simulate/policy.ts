import type { Pool } from '../model/pool.ts';
import type { Work } from './queue/station.ts';

/** How many instances there may be. */
export interface InstanceBounds {
  min: number;
  max: number;
}

/** What is tried: a pool file, under a name. */
export interface Policy {
  name: string;
  /** As it was given. */
  file: string;
  pool: Pool;
  /** The bounds at a time, ms since the epoch. */
  boundsAt: (ms: number) => InstanceBounds;
}

/** What is assumed of the machine. */
export interface Model extends Work {
  /** From one decision to the next, ms. */
  tick: number;
}
