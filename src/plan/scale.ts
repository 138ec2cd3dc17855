import type { Scale } from '../pool/pool.ts';
import { desired, range } from './desired.ts';
import { measured, reset } from './load.ts';
import { type Look, members, note } from './look.ts';
import type { Decision, Reading, Recommendation } from './memory.ts';

/** Within a tenth of the target nothing changes, as in Kubernetes' HorizontalPodAutoscaler. */
export const TOLERANCE = 0.1;

/** ceil(ready x value / target), the HPA's rule; null without data, which never scales down. */
export function recommend(ready: number, value: number | null, target: number): number | null {
  if (value === null || ready === 0) return null;
  const ratio = value / target;
  return Math.abs(ratio - 1) <= TOLERANCE ? ready : Math.ceil(ready * ratio);
}

/** Each metric that the pool file gives a target for. */
function readings(scale: Scale, ready: number, values: Record<Reading['metric'], number | null>): Reading[] {
  return (['cpu', 'concurrency'] as const).flatMap(metric => {
    const target = scale[metric];
    const value = values[metric];
    return target === null ? [] : [{ metric, value, target, recommends: recommend(ready, value, target) }];
  });
}

const highest = (list: readonly Recommendation[]): number => Math.max(0, ...list.map(r => r.instances));

/** The rule that won, in words. */
function ruleOf(from: number, to: number, best: Reading | undefined, windowMax: number): string {
  if (!best) return 'no data: nothing changes';
  if (to > from) return `up at once, by ${best.metric}`;
  if (to < from) return `down to the highest recommendation of the window (${windowMax})`;
  if ((best.recommends ?? 0) > to) return 'at the maximum';
  return windowMax > (best.recommends ?? 0) ? `held by the window (${windowMax})` : 'as desired';
}

const bestOf = (list: readonly Reading[]): Reading | undefined =>
  list.filter(r => r.recommends !== null).sort((a, b) => (b.recommends ?? 0) - (a.recommends ?? 0))[0];

/**
 * The recommendations still inside the window, but for those that a later one outdoes. After a time without any it counts
 * what runs, or it would shrink blindly.
 */
function windowOf(look: Look, now: Recommendation): Recommendation[] {
  const inside = look.memory.recommendations.filter(r => look.now - r.at < look.pool.scale.window);
  const known = inside.length > 0 ? inside : [{ at: look.now, instances: desired(look) }];
  return [...known.filter(r => r.instances > now.instances), now];
}

const clamp = (look: Look, n: number): number => {
  const { min, max } = range(look);
  return Math.min(Math.max(n, min), max);
};

function decide(look: Look, list: Reading[], ready: number): Decision {
  const from = desired(look);
  const best = bestOf(list);
  if (best) look.memory.recommendations = windowOf(look, { at: look.now, instances: best.recommends ?? 0 });
  const windowMax = highest(look.memory.recommendations);
  const to = best ? clamp(look, windowMax) : from;
  return {
    at: look.now,
    ready,
    readings: list,
    windowMax,
    from,
    to,
    rule: ruleOf(from, to, best, windowMax),
  };
}

/** Those that requests go to: the healthy, and in a panic all that nginx still sends to, or load would never count. */
const serving = (look: Look): number =>
  members(look).filter(m => m.memory.phase === 'healthy' || look.live.includes(m.slot)).length;

/** At a tick of the timer: up at once, down only to the window's highest recommendation. */
export function autoscale(look: Look): void {
  if (!look.world.tick || look.memory.stopped) return;
  const ready = serving(look);
  const decision = decide(look, readings(look.pool.scale, ready, measured(look.memory.load, ready)), ready);
  if (decision.to !== decision.from) note(look, `scale ${decision.from} -> ${decision.to}: ${decision.rule}`);
  look.memory.decision = decision;
  // without data the range by hand must not become what is wanted of itself
  if (decision.readings.some(r => r.recommends !== null)) look.memory.target = decision.to;
  look.memory.load = reset(look.memory.load);
}
