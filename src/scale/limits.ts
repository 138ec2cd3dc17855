import type { Scale, Step } from '../model/pool.ts';
import type { Recommendation, Situation } from './decision.ts';

/** How many instances may be added or removed at one tick. */
const maxStep = (step: Step | null, from: number): number => {
  if (step === null) return Number.POSITIVE_INFINITY;
  return 'instances' in step ? step.instances : Math.max(1, Math.ceil(from * step.share));
};

/** A number of instances, and the last limit that changed it, in words. */
export interface Clamped {
  to: number;
  held: string | null;
}

type Limit = [limit: (instances: number) => number, why: string];

/** In this order: later limits win, so the pool's bounds override its steps, and the machine overrides all. */
function limitsOf(scale: Scale, { from, min, max, ceiling }: Situation, panic: boolean): Limit[] {
  return [
    [n => (panic ? Math.max(n, from) : n), 'a burst within Window='],
    [n => Math.min(n, from + maxStep(scale.stepUp, from)), 'StepUp='],
    [n => Math.max(n, from - maxStep(scale.stepDown, from)), 'StepDown='],
    [n => Math.min(n, max), `the maximum (${max})`],
    [n => Math.max(n, min), `the minimum (${min})`],
    [n => (ceiling === null ? n : Math.min(n, Math.max(from, min))), ceiling ?? ''],
  ];
}

/** Applies all limits to a number of instances. */
export const clamp = (scale: Scale, situation: Situation, wanted: number, panic: boolean): Clamped =>
  limitsOf(scale, situation, panic).reduce<Clamped>(
    (before, [limit, why]) => {
      const to = limit(before.to);
      return to === before.to ? before : { to, held: why };
    },
    { to: wanted, held: null },
  );

/** After a longer gap ticks were missed: the timer stopped, or there was no data. */
const MAX_TICK_GAP_MS = 15_000;

/**
 * Adds a recommendation and drops those outside the window, those that a later one exceeds, and those in the future,
 * from before the clock was set back. After a gap the current number (`from`) counts: a pool must not shrink blindly.
 */
export function windowOf(
  before: readonly Recommendation[],
  { window }: Scale,
  now: Recommendation,
  from: number,
): Recommendation[] {
  const known = before.filter(r => r.at <= now.at);
  const isBlind = now.at - (known.at(-1)?.at ?? 0) >= Math.max(window, MAX_TICK_GAP_MS);
  const inside = known.filter(r => now.at - r.at < window);
  const counted = isBlind && window > 0 ? [{ at: now.at, instances: from }] : inside;
  return [...counted.filter(r => r.instances > now.instances), now];
}

export const highestOf = (recommendations: readonly Recommendation[]): number =>
  Math.max(0, ...recommendations.map(r => r.instances));
