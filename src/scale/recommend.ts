import type { Scale } from '../model/pool.ts';
import type { Reading } from './decision.ts';
import type { Average, Metric, Signals } from './signals.ts';

/** Rounds up, ignoring rounding errors such as that of 3 x 0.7 / 0.7. */
const up = (instances: number): number => Math.max(0, Math.ceil(instances - 1e-9));

/**
 * ceil(ready x value / target), the rule of Kubernetes' HorizontalPodAutoscaler. Within the tolerance (a share; HPA's
 * default is 0.1) of the target it recommends what is ready. Null without data.
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

/** The most to grow by latency at one tick: latency is not proportional to load, so more would be a guess. */
const MAX_LATENCY_FACTOR = 2;
/** Below this share of the target, one instance fewer is tried. */
const IDLE_LATENCY_SHARE = 0.5;

/**
 * Latency shows that there are too few instances, not how many are missing: up in proportion, at most doubling; down one
 * by one.
 */
function forLatency(ready: number, value: number | null, target: number, tolerance: number): number | null {
  if (value === null || ready === 0) return null;
  const ratio = value / target;
  if (ratio > 1 + tolerance) return Math.ceil(ready * Math.min(ratio, MAX_LATENCY_FACTOR));
  return ratio < IDLE_LATENCY_SHARE ? ready - 1 : ready;
}

/** The busy instances plus the spare ones, like php-fpm. */
const forSpare = (busy: number | null, spare: number): number | null =>
  busy === null ? null : up(busy) + spare;

interface MetricTarget {
  metric: Metric;
  target: number | null;
  /** Whether the measured value is a sum over the instances. */
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

/** What one metric recommends for this many ready instances. */
function recommendFor(
  { metric, target, summed }: MetricTarget & { target: number },
  tolerance: number,
  ready: number,
  value: number | null,
): number | null {
  // work that waits elsewhere calls for instances even when none is ready; all else is measured on those that are
  if (ready === 0) return metric === 'external' && value !== null ? up(value / target) : null;
  if (metric === 'spare') return forSpare(value, target);
  if (metric === 'latency') return forLatency(ready, value, target, tolerance);
  return recommend(ready, perInstance(value, summed, ready), target, tolerance);
}

/** What an instance without a value may add to the sum: a whole core, its target, or that it is busy. */
function shareOf({ metric, target }: { metric: Metric; target: number }): number {
  if (metric === 'cpu') return Math.max(1, target);
  return metric === 'spare' ? 1 : target;
}

/**
 * With instances that lack, the number that holds whatever they do: more only if it would be more without their share,
 * fewer only if it would be fewer with it. As Kubernetes' HorizontalPodAutoscaler.
 */
function recommendByAverage(
  entry: MetricTarget & { target: number },
  tolerance: number,
  ready: number,
  { value, missing }: Average,
): number | null {
  const recommendBy = (sum: number | null): number | null => recommendFor(entry, tolerance, ready, sum);
  const least = recommendBy(value);
  if (value === null || least === null || missing === 0 || least > ready) return least;
  return Math.min(ready, recommendBy(value + missing * shareOf(entry)) ?? ready);
}

const perInstance = (value: number | null, summed: boolean, instances: number): number | null =>
  value === null || !summed ? value : value / Math.max(1, instances);

/** Latency says nothing without requests: they are fewer than one instance serves. */
const isQuiet = (metric: Metric, ready: number, rate: Average): boolean =>
  metric === 'latency' && ready > 0 && rate.value === 0;

/** What each metric with a target recommends. */
export function readingsOf(scale: Scale, ready: number, signals: Signals): Reading[] {
  return targetsOf(scale).flatMap(entry => {
    const { metric, target, summed } = entry;
    if (target === null) return [];
    const { stable, panic } = signals[metric];
    const recommendBy = (average: Average, rate: Average): number | null =>
      isQuiet(metric, ready, rate)
        ? ready - 1
        : recommendByAverage({ ...entry, target }, scale.tolerance, ready, average);
    const each = ({ value, missing }: Average): number | null => perInstance(value, summed, ready - missing);
    return [
      {
        metric,
        value: each(stable),
        burst: each(panic),
        target,
        recommends: recommendBy(stable, signals.requests.stable),
        burstRecommends: recommendBy(panic, signals.requests.panic),
      },
    ];
  });
}
