import type { Scale } from '../model/pool.ts';
import type { Decision, Reading, ScaleState, Situation } from './decision.ts';
import { type Clamped, clamp, highestOf, windowOf } from './limits.ts';
import { explain, isBurst, pickHighest, readingsOf } from './recommend.ts';

interface Decided {
  decision: Decision;
  state: ScaleState;
}

/** What a decision has of its situation whatever comes of it. */
function commonFields({ now, ready, from, min, max }: Situation, readings: Reading[]) {
  return { at: now, ready, from, min, max, readings };
}

/** Work that comes by no request wakes a pool, and keeps it awake. */
const hasWork = (readings: readonly Reading[]): boolean =>
  readings.some(({ metric, recommends }) => metric === 'external' && (recommends ?? 0) > 0);

/** With Min=0: nothing to do for so long, and the pool sleeps. A request wakes it at once, and not at a tick. */
function isAsleep(
  scale: Scale,
  { now, from, min }: Situation,
  { activeAt }: ScaleState,
  readings: Reading[],
): boolean {
  if (min > 0 || hasWork(readings)) return false;
  return from === 0 || now - activeAt >= scale.idleTimeout;
}

function sleep(scale: Scale, situation: Situation, state: ScaleState, readings: Reading[]): Decided {
  const rule =
    situation.from > 0 ? `no request for ${scale.idleTimeout / 1000} s` : 'asleep until a request comes';
  const nothing = { to: 0, windowMax: 0, panic: false, rule, held: null };
  return {
    decision: { ...commonFields(situation, readings), ...nothing },
    state: { ...state, recommendations: [], panicUntil: 0 },
  };
}

/** When the panic ends. A clock that was set back must not make it last. */
function panicEnd(scale: Scale, situation: Situation, readings: Reading[], before: number): number {
  const end = situation.now + scale.window;
  if (isBurst(readings, situation)) return end;
  return before > end ? 0 : before;
}

function scaleByMetrics(
  scale: Scale,
  situation: Situation,
  before: ScaleState,
  readings: Reading[],
): Decided {
  const { now, from, min } = situation;
  const panicUntil = panicEnd(scale, situation, readings, before.panicUntil);
  const panic = panicUntil > now;
  const asked = pickHighest(readings, panic);
  const recommendations = asked
    ? windowOf(before.recommendations, scale, { at: now, instances: asked.instances }, from)
    : before.recommendations;
  const windowMax = highestOf(recommendations);
  // awake, it has at least one
  const wanted = Math.max(min === 0 ? 1 : 0, asked ? windowMax : from);
  const held = nameWindow(scale, asked?.instances ?? from, wanted, clamp(scale, situation, wanted, panic));
  return {
    decision: { ...commonFields(situation, readings), windowMax, panic, rule: explain(from, asked), ...held },
    state: { ...before, recommendations, panicUntil },
  };
}

/** Names the window where it is the only thing that keeps more than is asked for. */
function nameWindow({ window }: Scale, asked: number, wanted: number, { to, held }: Clamped): Clamped {
  const keeps = held === null && asked < to && to === wanted && wanted > 1;
  return { to, held: keeps ? `the window of ${window / 1000} s, whose highest is ${wanted}` : held };
}

/** The state with what is known of activity; one of the future is of a clock that was set back since. */
const noteActivity = ({ now, activeAt }: Situation, state: ScaleState): ScaleState => ({
  ...state,
  activeAt: Math.max(...[activeAt, state.activeAt].filter(at => at <= now), 0),
});

/**
 * One decision: up at once to the highest recommendation, down to the highest of the window, and no data changes nothing.
 * A burst over the panic window that asks for twice what is ready counts at once too, and for a window the pool then does
 * not shrink. Pure: the same arguments give the same decision.
 */
export function decide(scale: Scale, situation: Situation, before: ScaleState): Decided {
  const state = noteActivity(situation, before);
  const readings = readingsOf(scale, situation.ready, situation.signals);
  const rule = isAsleep(scale, situation, state, readings) ? sleep : scaleByMetrics;
  return rule(scale, situation, state, readings);
}
