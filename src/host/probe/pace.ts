import type { Pool } from '../../model/pool.ts';

/** One life of one instance to be probed. */
export interface ProbeTarget {
  pool: Pool;
  slot: number;
  invocation: string;
  /** `steady` at the pool's Interval=; the others sooner, since something is about to be decided. */
  pace: 'starting' | 'steady' | 'failing';
}

/** A starting worker is asked after a fifth of its age, within these bounds, ms: quick starters are seen quickly. */
const STARTING_DELAY_MS = { least: 50, most: 500, share: 0.2 };
/** The share of Interval= after a failure, HAProxy's fastinter, and its floor, ms. */
const FAILING_SHARE = 0.25;
const FAILING_FLOOR_MS = 100;

const startingDelay = (age: number): number =>
  Math.min(STARTING_DELAY_MS.most, Math.max(STARTING_DELAY_MS.least, age * STARTING_DELAY_MS.share));

/** Milliseconds from the start of one probe to the next. */
export function probeDelay({ pool, pace }: ProbeTarget, age: number): number {
  const { interval } = pool.health;
  if (pace === 'starting') return Math.min(interval, startingDelay(age));
  if (pace === 'failing') return Math.min(interval, Math.max(FAILING_FLOOR_MS, interval * FAILING_SHARE));
  return interval;
}

/** The first pause at the steady pace is anything up to the interval: so a pool's probes are spread over it. */
export const firstDelay = ({ pool }: ProbeTarget): number => pool.health.interval * Math.random();

/** Moments of an interval at which steady probes are made. One by one each finds cold caches, and costs twice the CPU time. */
const MOMENTS_PER_INTERVAL = 4;

/** A pause that is about as long, and ends at such a moment; all in ms. */
export function alignDelay(now: number, wait: number, interval: number): number {
  const step = interval / MOMENTS_PER_INTERVAL;
  return Math.round((now + wait) / step) * step - now;
}
