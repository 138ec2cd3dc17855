import type { Scale } from '../model/pool.ts';
import type { Reading, Situation } from './decision.ts';
import type { Averages, Metric, Signals } from './signals.ts';

/** The next whole number, and none less for what a computer adds to 3 x 0.7 / 0.7. */
const up = (instances: number): number => Math.max(0, Math.ceil(instances - 1e-9));

/**
 * ceil(ready x value / target), the rule of Kubernetes' HorizontalPodAutoscaler; within the tolerance (a share, its default
 * is 0.1) of the target nothing changes. Null without data.
 */
export function recommend(
  ready: number,
  value: number | null,
  target: number,
  tolerance: number,
): number | null {
  if (value === null || ready === 0) return null;
  const ratio = value / target;
  return Math.abs(ratio - 1) <= tolerance ? ready : up(ready * ratio);
}

/** More than this times as many instances for one look at the latency would be a guess: it does not grow in proportion. */
const MAX_LATENCY_FACTOR = 2;
/** Below this share of the target an instance less is tried. */
const IDLE_LATENCY_SHARE = 0.5;

/**
 * Latency says that there are too few, not how many: up in proportion, at most doubled; down one by one, also where no request
 * came to tell.
 */
function forLatency(ready: number, value: number | null, target: number, tolerance: number): number | null {
  if (value === null || ready === 0) return null;
  const ratio = value / target;
  if (ratio > 1 + tolerance) return Math.ceil(ready * Math.min(ratio, MAX_LATENCY_FACTOR));
  return ratio < IDLE_LATENCY_SHARE ? ready - 1 : ready;
}

/** As many as are busy, and the spare ones, as php-fpm counts. */
const forSpare = (busy: number | null, spare: number): number | null =>
  busy === null ? null : up(busy) + spare;

interface MetricTarget {
  metric: Metric;
  target: number | null;
  /** What is measured is a sum over the instances. */
  summed: boolean;
}

const targetsOf = (scale: Scale): MetricTarget[] => [
  { metric: 'cpu', target: scale.cpu, summed: true },
  { metric: 'concurrency', target: scale.concurrency, summed: true },
  { metric: 'requests', target: scale.requests, summed: true },
  { metric: 'latency', target: scale.latency?.target ?? null, summed: false },
  { metric: 'queue', target: scale.queue, summed: true },
  { metric: 'external', target: scale.external, summed: true },
  { metric: 'spare', target: scale.spare > 0 ? scale.spare : null, summed: false },
];

/** One look at one metric, for so many ready instances. */
function recommendFor(
  { metric, target, summed }: MetricTarget & { target: number },
  tolerance: number,
  ready: number,
  value: number | null,
): number | null {
  if (metric === 'spare') return forSpare(value, target);
  if (metric === 'latency') return forLatency(ready, value, target, tolerance);
  // a sum calls for instances also where none is ready
  if (summed && ready === 0) return value === null ? null : up(value / target);
  return recommend(ready, perInstance(value, summed, ready), target, tolerance);
}

const perInstance = (value: number | null, summed: boolean, ready: number): number | null =>
  value === null || !summed ? value : value / Math.max(1, ready);

/** What each metric that has a target asks for. */
export function readingsOf(scale: Scale, ready: number, signals: Signals): Reading[] {
  return targetsOf(scale).flatMap(rule => {
    const { metric, target, summed } = rule;
    if (target === null) return [];
    const { stable, panic }: Averages = signals[metric];
    const ask = (value: number | null, rate: number | null): number | null =>
      metric === 'latency' && rate === 0
        ? Math.max(0, ready - 1)
        : recommendFor({ ...rule, target }, scale.tolerance, ready, value);
    return [
      {
        metric,
        value: perInstance(stable, summed, ready),
        burst: perInstance(panic, summed, ready),
        target,
        recommends: ask(stable, signals.requests.stable),
        burstRecommends: ask(panic, signals.requests.panic),
      },
    ];
  });
}

/** A burst that asks for so many times what is ready is a panic: Knative's threshold. */
const PANIC_FACTOR = 2;

/** A metric's recommendation. */
export interface MetricRecommendation {
  metric: Metric;
  instances: number;
  isBurst: boolean;
}

/** Of several metrics the highest recommendation counts, and those without data have none. */
export function highest(
  list: readonly Reading[],
  key: 'recommends' | 'burstRecommends',
): MetricRecommendation | null {
  const known = list.flatMap(r => {
    const instances = r[key];
    return instances === null ? [] : [{ metric: r.metric, instances, isBurst: false }];
  });
  return known.reduce<MetricRecommendation | null>(
    (best, r) => (best && best.instances >= r.instances ? best : r),
    null,
  );
}

/** What the short window asks for is too much for what there is. */
export function isBurst(list: readonly Reading[], { ready, from }: Situation): boolean {
  const asked = highest(list, 'burstRecommends')?.instances ?? 0;
  return asked >= PANIC_FACTOR * Math.max(1, ready) && asked > from;
}

/** What is asked for: by the averages, and in a panic by the burst where it asks for more. */
export function pickHighest(readings: readonly Reading[], panics: boolean): MetricRecommendation | null {
  const [best, burst] = [highest(readings, 'recommends'), highest(readings, 'burstRecommends')];
  return panics && burst && burst.instances > (best?.instances ?? 0) ? { ...burst, isBurst: true } : best;
}

/** What is asked for in words, where so many are wanted now. */
export function explain(from: number, asked: MetricRecommendation | null): string {
  if (!asked) return 'no data: nothing changes';
  const { metric, instances, isBurst } = asked;
  if (instances > from)
    return isBurst ? `a burst, by ${metric}: ${instances} at once` : `up at once, by ${metric}`;
  return `${instances === from ? 'as desired' : 'down'}, by ${metric}`;
}
