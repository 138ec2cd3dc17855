import type { Pool } from '../../model/pool.ts';

/** One life of an instance that is to be probed. */
export interface ProbeTarget {
  pool: Pool;
  slot: number;
  invocation: string;
  /** `steady` at the pool's Interval=; the others sooner, because a decision is pending. */
  pace: 'starting' | 'steady' | 'failing';
}

/** A starting worker is probed again after a fifth of its age, within these limits, ms: fast starts are noticed fast. */
const STARTING_DELAY_MS = { least: 50, most: 500, share: 0.2 };
/** After a failure: a share of Interval=, like HAProxy's fastinter, but no less than the floor. */
const FAILING_SHARE = 0.25;
const FAILING_FLOOR_MS = 100;

const startingDelay = (age: number): number =>
  Math.min(STARTING_DELAY_MS.most, Math.max(STARTING_DELAY_MS.least, age * STARTING_DELAY_MS.share));

/** From the start of one probe to the start of the next, ms. */
export function probeDelay({ pool, pace }: ProbeTarget, age: number): number {
  const { interval } = pool.health;
  if (pace === 'starting') return Math.min(interval, startingDelay(age));
  if (pace === 'failing') return Math.min(interval, Math.max(FAILING_FLOOR_MS, interval * FAILING_SHARE));
  return interval;
}

/** The first delay at the steady pace is random (`chance`: 0 to 1), to spread a pool's probes over the interval, ms. */
export const firstDelay = ({ pool }: ProbeTarget, chance: number): number => pool.health.interval * chance;

/** Steady probes run together at a few moments of an interval: one by one they find cold caches and cost twice the CPU. */
const MOMENTS_PER_INTERVAL = 4;

/** A delay of about `wait` that ends at such a moment; all in ms. */
export function alignDelay(now: number, wait: number, interval: number): number {
  const step = interval / MOMENTS_PER_INTERVAL;
  return Math.round((now + wait) / step) * step - now;
}
