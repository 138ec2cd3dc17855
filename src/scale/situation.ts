import type { Signals } from './signals.ts';

/** All that a decision is made of, beside the pool file and the decision before. */
export interface Situation {
  /** ms since the epoch */
  now: number;
  /** Instances that requests go to. */
  ready: number;
  /** How many are wanted now. */
  from: number;
  min: number;
  max: number;
  signals: Signals;
  /** When there was last something to do, or not known to be nothing, ms since the epoch. */
  activeAt: number;
  /** Why the machine cannot bear more instances, in words; null: it can. */
  ceiling: string | null;
}
