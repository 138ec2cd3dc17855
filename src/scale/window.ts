import type { Scale } from '../pool/pool.ts';
import type { Recommendation } from './decision.ts';

/** Ticks further apart were missed: the timer stood still, or there was no data. */
const GAP = 15_000;

/**
 * The recommendations still inside the window, but for those that a later one outdoes; one of the future is of a clock that
 * was set back since. After a time without any it counts what runs (`from`), or it would shrink blindly.
 */
export function windowOf(
  before: readonly Recommendation[],
  { window }: Scale,
  now: Recommendation,
  from: number,
): Recommendation[] {
  const known = before.filter(r => r.at <= now.at);
  const isBlind = now.at - (known.at(-1)?.at ?? 0) >= Math.max(window, GAP);
  const inside = known.filter(r => now.at - r.at < window);
  const counted = isBlind && window > 0 ? [{ at: now.at, instances: from }] : inside;
  return [...counted.filter(r => r.instances > now.instances), now];
}

export const highestOf = (recommendations: readonly Recommendation[]): number =>
  Math.max(0, ...recommendations.map(r => r.instances));
