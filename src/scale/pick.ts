import type { Reading, Situation } from './decision.ts';
import type { Metric } from './signals.ts';

/** A burst that calls for this many times the ready instances is a panic: Knative's threshold. */
const PANIC_FACTOR = 2;

/** How many instances a metric recommends. */
interface MetricRecommendation {
  metric: Metric;
  instances: number;
  isBurst: boolean;
}

/** The highest recommendation of several metrics; those without data have none. */
function highest(
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

/** Whether the panic window calls for far more than is ready. While nothing is ready it shows no burst. */
export function isBurst(list: readonly Reading[], { ready, from }: Situation): boolean {
  const wanted = highest(list, 'burstRecommends')?.instances ?? 0;
  return ready > 0 && wanted >= PANIC_FACTOR * ready && wanted > from;
}

/** The recommendation of the averages; in a panic that of the burst, if it is higher. */
export function pickHighest(readings: readonly Reading[], panics: boolean): MetricRecommendation | null {
  const [best, burst] = [highest(readings, 'recommends'), highest(readings, 'burstRecommends')];
  return panics && burst && burst.instances > (best?.instances ?? 0) ? { ...burst, isBurst: true } : best;
}

/** A recommendation in words; `from` is the current number of desired instances. */
export function explain(from: number, picked: MetricRecommendation | null): string {
  if (!picked) return 'no data: no change';
  const { metric, instances, isBurst } = picked;
  if (instances > from)
    return isBurst ? `a burst of ${metric} calls for ${instances}` : `${metric} calls for more`;
  return `${metric} calls for ${instances === from ? 'no change' : 'fewer'}`;
}
