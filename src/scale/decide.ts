import type { Scale } from '../pool/pool.ts';
import type { Decision, Reading, Recommendation, ScaleState } from './decision.ts';
import { hold } from './hold.ts';
import { readingsOf } from './recommend.ts';
import type { Metric } from './signals.ts';
import type { Situation } from './situation.ts';

/** A burst that asks for so many times what is ready is a panic: Knative's threshold. */
const PANIC = 2;

/** A metric's recommendation. */
interface Asked {
  metric: Metric;
  instances: number;
  isBurst: boolean;
}

/** Of several metrics the highest recommendation counts, and those without data have none. */
function highest(list: readonly Reading[], key: 'recommends' | 'burstRecommends'): Asked | null {
  const known = list.flatMap(r => {
    const instances = r[key];
    return instances === null ? [] : [{ metric: r.metric, instances, isBurst: false }];
  });
  return known.reduce<Asked | null>((best, r) => (best && best.instances >= r.instances ? best : r), null);
}

const isBurst = (burst: Asked | null, { ready, from }: Situation): boolean =>
  burst !== null && burst.instances >= PANIC * Math.max(1, ready) && burst.instances > from;

/** Ticks further apart were missed: the timer stood still, or there was no data. */
const GAP = 15_000;

/**
 * The recommendations still inside the window, but for those that a later one outdoes; one of the future is of a clock that
 * was set back since. After a time without any it counts what runs, or it would shrink blindly.
 */
function windowOf(
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

function ruleOf(from: number, wanted: Asked | null): string {
  if (!wanted) return 'no data: nothing changes';
  const { metric, instances, isBurst } = wanted;
  if (instances > from)
    return isBurst ? `a burst, by ${metric}: ${instances} at once` : `up at once, by ${metric}`;
  return `${instances === from ? 'as desired' : 'down'}, by ${metric}`;
}

interface Decided {
  decision: Decision;
  state: ScaleState;
}

/** With Min=0: nothing to do for so long, and the pool sleeps. Only a request wakes it, at once and not at a tick. */
function sleep(scale: Scale, situation: Situation, state: ScaleState): Decided | null {
  const { now, from, ready, min, max, signals } = situation;
  if (min > 0) return null;
  if (from > 0 && now - state.activeAt < scale.idleTimeout) return null;
  const rule = from > 0 ? `no request for ${scale.idleTimeout / 1000} s` : 'asleep until a request comes';
  const readings = readingsOf(scale, ready, signals);
  const decision = {
    at: now,
    ready,
    from,
    to: 0,
    min,
    max,
    readings,
    windowMax: 0,
    panic: false,
    rule,
    held: null,
  };
  return { decision, state: { ...state, recommendations: [], panicUntil: 0 } };
}

/** The state with what is known of activity; one of the future is of a clock that was set back since. */
const seen = ({ now, activeAt }: Situation, state: ScaleState): ScaleState => ({
  ...state,
  activeAt: Math.max(...[activeAt, state.activeAt].filter(at => at <= now), 0),
});

/**
 * One decision: up at once to the highest recommendation, down to the highest of the window, and no data changes nothing.
 * A burst over the panic window that asks for twice what is ready counts at once too, and for a window the pool then does
 * not shrink. Pure: the same arguments give the same decision.
 */
export function decide(scale: Scale, situation: Situation, before: ScaleState): Decided {
  const state = seen(situation, before);
  return sleep(scale, situation, state) ?? follow(scale, situation, state);
}

/** When the panic ends. A clock that was set back must not make it last. */
function panicUntil(scale: Scale, situation: Situation, burst: Asked | null, before: number): number {
  const end = situation.now + scale.window;
  if (isBurst(burst, situation)) return end;
  return before > end ? 0 : before;
}

/** What is asked for: by the averages, and in a panic by the burst where it asks for more. */
function wish(readings: readonly Reading[], panics: boolean): Asked | null {
  const [best, burst] = [highest(readings, 'recommends'), highest(readings, 'burstRecommends')];
  return panics && burst && burst.instances > (best?.instances ?? 0) ? { ...burst, isBurst: true } : best;
}

function heldBy(
  { window }: Scale,
  wanted: Asked | null,
  windowMax: number,
  from: number,
  held: string | null,
) {
  const byWindow = wanted !== null && wanted.instances < Math.min(from, windowMax) && held === null;
  return byWindow ? `the window of ${window / 1000} s, whose highest is ${windowMax}` : held;
}

function follow(scale: Scale, situation: Situation, before: ScaleState): Decided {
  const { now, ready, from, min, max, signals } = situation;
  const readings = readingsOf(scale, ready, signals);
  const until = panicUntil(scale, situation, highest(readings, 'burstRecommends'), before.panicUntil);
  const panic = until > now;
  const wanted = wish(readings, panic);
  const recommendations = wanted
    ? windowOf(before.recommendations, scale, { at: now, instances: wanted.instances }, from)
    : before.recommendations;
  const windowMax = Math.max(0, ...recommendations.map(r => r.instances));
  // awake, it has at least one
  const { to, held } = hold(scale, situation, Math.max(min === 0 ? 1 : 0, wanted ? windowMax : from), panic);
  const rule = ruleOf(from, wanted);
  const reason = heldBy(scale, wanted, windowMax, from, held);
  return {
    decision: { at: now, ready, from, to, min, max, readings, windowMax, panic, rule, held: reason },
    state: { ...before, recommendations, panicUntil: until },
  };
}
