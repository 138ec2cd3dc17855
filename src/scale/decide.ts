import type { Scale } from '../model/pool.ts';
import type { Decision, Reading, ScaleState, Situation } from './decision.ts';
import { type Clamped, clamp, highestOf, windowOf } from './limits.ts';
import { explain, isBurst, pickHighest } from './pick.ts';
import { readingsOf } from './recommend.ts';

interface Decided {
  decision: Decision;
  state: ScaleState;
}

/** The fields of a decision that do not depend on its outcome. */
function commonFields({ now, ready, from, min, max }: Situation, readings: Reading[]) {
  return { at: now, ready, from, min, max, readings };
}

/** Work that does not arrive as requests wakes a pool, and keeps it awake. */
const hasWork = (readings: readonly Reading[]): boolean =>
  readings.some(({ metric, recommends }) => metric === 'external' && (recommends ?? 0) > 0);

/** With Min=0 a pool sleeps after IdleTimeout= without work. A request wakes it immediately, not at a tick. */
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
    situation.from > 0 ? `no requests for ${scale.idleTimeout / 1000} s` : 'asleep until a request arrives';
  const nothing = { to: 0, windowMax: 0, panic: false, rule, held: null };
  return {
    decision: { ...commonFields(situation, readings), ...nothing },
    state: { ...state, recommendations: [], panicUntil: 0 },
  };
}

/** When the panic ends, ms since the epoch. A clock that was set back must not prolong it. */
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
  // with Window=0s a burst counts at its own tick
  const panic = panicUntil > now || isBurst(readings, situation);
  const picked = pickHighest(readings, panic);
  const recommendations = picked
    ? windowOf(before.recommendations, scale, { at: now, instances: picked.instances }, from)
    : before.recommendations;
  const windowMax = highestOf(recommendations);
  // an awake pool has at least one instance
  const wanted = Math.max(min === 0 ? 1 : 0, picked ? windowMax : from);
  const clamped = clamp(scale, situation, wanted, panic);
  const result = nameWindow(scale, picked?.instances ?? from, wanted, clamped);
  return {
    decision: {
      ...commonFields(situation, readings),
      windowMax,
      panic,
      rule: explain(from, picked),
      ...result,
    },
    state: { ...before, recommendations, panicUntil },
  };
}

/** Names the window as the limit when it alone keeps more instances than recommended. */
function nameWindow({ window }: Scale, recommended: number, wanted: number, { to, held }: Clamped): Clamped {
  const keeps = held === null && recommended < to && to === wanted && wanted > 1;
  return { to, held: keeps ? `Window=${window / 1000}s, whose highest recommendation is ${wanted}` : held };
}

/** Adds the latest activity to the state; one in the future stems from before the clock was set back. */
const noteActivity = ({ now, activeAt }: Situation, state: ScaleState): ScaleState => ({
  ...state,
  activeAt: Math.max(...[activeAt, state.activeAt].filter(at => at <= now), 0),
});

/**
 * Decides the number of instances: scales up to the highest recommendation immediately, down to the highest within the
 * window, and leaves it unchanged without data. A burst within the panic window that calls for twice the ready instances
 * also counts immediately, and then the pool does not shrink for a window.
 */
export function decide(scale: Scale, situation: Situation, before: ScaleState): Decided {
  const state = noteActivity(situation, before);
  const readings = readingsOf(scale, situation.ready, situation.signals);
  const rule = isAsleep(scale, situation, state, readings) ? sleep : scaleByMetrics;
  return rule(scale, situation, state, readings);
}
