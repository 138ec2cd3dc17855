import type { Scale } from '../../src/model/pool.ts';
import type { Situation } from '../../src/scale/decision.ts';
import type { Averages, Metric, Signals } from '../../src/scale/signals.ts';
import { scale as usual } from '../plan/pools.ts';

const METRICS: readonly Metric[] = [
  'cpu',
  'concurrency',
  'requests',
  'latency',
  'queue',
  'external',
  'spare',
];

/** A policy with only the given targets. */
export const policy = (change: Partial<Scale>): Scale => usual({ cpu: null, ...change });

/** Signals with the same value over both windows, or with two: stable, panic. */
export function signals(
  values: Partial<Record<Metric, number | null | [number | null, number | null]>>,
): Signals {
  const averages = (value: number | null | [number | null, number | null] | undefined): Averages => {
    const [stable = null, panic = null] = Array.isArray(value) ? value : [value, value];
    return { stable: { value: stable, missing: 0 }, panic: { value: panic, missing: 0 } };
  };
  return Object.fromEntries(METRICS.map(metric => [metric, averages(values[metric])])) as Signals;
}

/** A pool with two instances of one to ten. */
export const situation = (change: Partial<Situation>): Situation => ({
  now: 1_000_000,
  ready: 2,
  from: 2,
  min: 1,
  max: 10,
  signals: signals({}),
  activeAt: 1_000_000,
  ceiling: null,
  ...change,
});
