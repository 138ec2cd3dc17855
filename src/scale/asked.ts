import type { Reading } from './decision.ts';
import type { Metric } from './signals.ts';
import type { Situation } from './situation.ts';

/** A burst that asks for so many times what is ready is a panic: Knative's threshold. */
const PANIC = 2;

/** A metric's recommendation. */
export interface Asked {
  metric: Metric;
  instances: number;
  isBurst: boolean;
}

/** Of several metrics the highest recommendation counts, and those without data have none. */
export function highest(list: readonly Reading[], key: 'recommends' | 'burstRecommends'): Asked | null {
  const known = list.flatMap(r => {
    const instances = r[key];
    return instances === null ? [] : [{ metric: r.metric, instances, isBurst: false }];
  });
  return known.reduce<Asked | null>((best, r) => (best && best.instances >= r.instances ? best : r), null);
}

/** What the short window asks for is too much for what there is. */
export function isBurst(list: readonly Reading[], { ready, from }: Situation): boolean {
  const asked = highest(list, 'burstRecommends')?.instances ?? 0;
  return asked >= PANIC * Math.max(1, ready) && asked > from;
}

/** What is asked for: by the averages, and in a panic by the burst where it asks for more. */
export function wish(readings: readonly Reading[], panics: boolean): Asked | null {
  const [best, burst] = [highest(readings, 'recommends'), highest(readings, 'burstRecommends')];
  return panics && burst && burst.instances > (best?.instances ?? 0) ? { ...burst, isBurst: true } : best;
}

/** What is asked for in words, where so many are wanted now. */
export function ruleOf(from: number, asked: Asked | null): string {
  if (!asked) return 'no data: nothing changes';
  const { metric, instances, isBurst } = asked;
  if (instances > from)
    return isBurst ? `a burst, by ${metric}: ${instances} at once` : `up at once, by ${metric}`;
  return `${instances === from ? 'as desired' : 'down'}, by ${metric}`;
}
