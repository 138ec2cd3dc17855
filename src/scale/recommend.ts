import type { Scale } from '../pool/pool.ts';
import type { Reading } from './decision.ts';
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
const MOST_FOR_LATENCY = 2;
/** Below this share of the target an instance less is tried. */
const IDLE_LATENCY = 0.5;

/**
 * Latency says that there are too few, not how many: up in proportion, at most doubled; down one by one, also where no request
 * came to tell.
 */
function forLatency(ready: number, value: number | null, target: number, tolerance: number): number | null {
  if (value === null || ready === 0) return null;
  const ratio = value / target;
  if (ratio > 1 + tolerance) return Math.ceil(ready * Math.min(ratio, MOST_FOR_LATENCY));
  return ratio < IDLE_LATENCY ? ready - 1 : ready;
}

/** As many as are busy, and the spare ones, as php-fpm counts. */
const forSpare = (busy: number | null, spare: number): number | null =>
  busy === null ? null : up(busy) + spare;

interface Rule {
  metric: Metric;
  target: number | null;
  /** What is measured is a sum over the instances. */
  summed: boolean;
}

const rulesOf = (scale: Scale): Rule[] => [
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
  { metric, target, summed }: Rule & { target: number },
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
  return rulesOf(scale).flatMap(rule => {
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
