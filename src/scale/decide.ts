import type { Scale, Step } from '../pool/pool.ts';
import type { Decision, Reading, Recommendation, ScaleState } from './decision.ts';
import { readingsOf } from './recommend.ts';
import type { Signals } from './signals.ts';

/** All that a decision is made of, beside the pool file and the decision before. */
export interface Situation {
  /** ms since the epoch */
  now: number;
  /** Instances that requests go to. */
  ready: number;
  /** How many are wanted now. */
  from: number;
  min: number;
  max: number;
  signals: Signals;
  /** Why the machine cannot bear more instances, in words; null: it can. */
  ceiling: string | null;
}

/** A burst that asks for so many times what is ready is a panic: Knative's threshold. */
const PANIC = 2;

type Asked = { metric: Reading['metric']; instances: number };

/** Of several metrics the highest recommendation counts, and those without data have none. */
function highest(list: readonly Reading[], key: 'recommends' | 'burstRecommends'): Asked | null {
  const known = list.flatMap(r => {
    const instances = r[key];
    return instances === null ? [] : [{ metric: r.metric, instances }];
  });
  return known.reduce<Asked | null>((best, r) => (best && best.instances >= r.instances ? best : r), null);
}

const isBurst = (burst: Asked | null, { ready, from }: Situation): burst is Asked =>
  burst !== null && burst.instances >= PANIC * Math.max(1, ready) && burst.instances > from;

/**
 * The recommendations still inside the window, but for those that a later one outdoes. After a time without any it counts
 * what runs, or it would shrink blindly.
 */
function windowOf(
  before: readonly Recommendation[],
  { window }: Scale,
  now: Recommendation,
  from: number,
): Recommendation[] {
  // one of the future is of a clock that was set back since
  const inside = before.filter(r => now.at - r.at < window && r.at <= now.at);
  const known = inside.length > 0 || window === 0 ? inside : [{ at: now.at, instances: from }];
  return [...known.filter(r => r.instances > now.instances), now];
}

/** How many may come or go at one tick. */
const most = (step: Step | null, from: number): number => {
  if (step === null) return Number.POSITIVE_INFINITY;
  return 'instances' in step ? step.instances : Math.max(1, Math.ceil(from * step.share));
};

/** A wish on its way through what may hold it back; `held` names the last that did. */
interface Wish {
  to: number;
  held: string | null;
}

const limit = (wish: Wish, to: number, why: string): Wish => (to === wish.to ? wish : { to, held: why });

/** What a wish may become: in this order, and the pool's bounds have the last word but one, the machine's the last. */
function hold(scale: Scale, situation: Situation, wanted: number, panic: boolean): Wish {
  const { from, min, max, ceiling } = situation;
  let wish: Wish = { to: wanted, held: null };
  if (panic) wish = limit(wish, Math.max(from, wish.to), 'a burst was seen: no shrinking for the window');
  wish = limit(wish, Math.min(wish.to, from + most(scale.stepUp, from)), 'StepUp=');
  wish = limit(wish, Math.max(wish.to, from - most(scale.stepDown, from)), 'StepDown=');
  wish = limit(wish, Math.min(wish.to, max), `the maximum, ${max}`);
  wish = limit(wish, Math.max(wish.to, min), `the minimum, ${min}`);
  if (ceiling !== null && wish.to > Math.max(from, min)) return { to: Math.max(from, min), held: ceiling };
  return wish;
}

function ruleOf(from: number, best: Asked | null, wanted: Asked | null, isPanic: boolean): string {
  if (!best || !wanted) return 'no data: nothing changes';
  if (isPanic) return `a burst, by ${wanted.metric}: ${wanted.instances} at once`;
  if (wanted.instances > from) return `up at once, by ${wanted.metric}`;
  if (wanted.instances === from) return `as desired, by ${wanted.metric}`;
  return `down, by ${wanted.metric}`;
}

/** Whether there is something to do, or may be: what is not known counts, since it never shrinks a pool. */
const isActive = ({ concurrency, requests }: Signals): boolean =>
  [concurrency.stable, concurrency.panic, requests.stable, requests.panic].some(v => v === null || v > 0);

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

/** The state with what this tick's signals say of activity. */
function seen({ now, signals }: Situation, state: ScaleState): ScaleState {
  const activeAt = isActive(signals) ? now : Math.min(state.activeAt, now);
  return { ...state, activeAt };
}

/**
 * One decision: up at once to the highest recommendation, down to the highest of the window, and no data changes nothing.
 * A burst over the panic window that asks for twice what is ready counts at once too, and for a window the pool then does
 * not shrink. Pure: the same arguments give the same decision.
 */
export function decide(scale: Scale, situation: Situation, before: ScaleState): Decided {
  const state = seen(situation, before);
  return sleep(scale, situation, state) ?? follow(scale, situation, state);
}

function follow(scale: Scale, situation: Situation, state: ScaleState): Decided {
  const { now, ready, from, min, max, signals } = situation;
  const readings = readingsOf(scale, ready, signals);
  const best = highest(readings, 'recommends');
  const burst = highest(readings, 'burstRecommends');
  const bursts = isBurst(burst, situation);
  const panicUntil = bursts
    ? now + scale.window
    : state.panicUntil > now + scale.window
      ? 0
      : state.panicUntil;
  const wanted = bursts && burst.instances > (best?.instances ?? 0) ? burst : best;
  const recommendations = wanted
    ? windowOf(state.recommendations, scale, { at: now, instances: wanted.instances }, from)
    : state.recommendations;
  const windowMax = Math.max(0, ...recommendations.map(r => r.instances));
  const awake = min === 0 ? 1 : 0;
  const wish = hold(scale, situation, Math.max(awake, wanted ? windowMax : from), panicUntil > now);
  const isHeld =
    wanted !== null && wanted.instances < from && windowMax > wanted.instances && wish.held === null;
  return {
    decision: {
      at: now,
      ready,
      from,
      to: wish.to,
      min,
      max,
      readings,
      windowMax,
      panic: panicUntil > now,
      rule: ruleOf(from, best, wanted, bursts && wanted === burst),
      held: isHeld ? `the window of ${scale.window / 1000} s, whose highest is ${windowMax}` : wish.held,
    },
    state: { ...state, recommendations, panicUntil },
  };
}
