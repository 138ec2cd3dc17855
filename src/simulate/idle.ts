import type { Scale } from '../model/pool.ts';
import type { Decision, ScaleState } from '../scale/decision.ts';
import type { InstanceBounds } from './policy.ts';

/** The state of a simulation without requests. */
interface IdleState {
  /** When there was last a request, ms since the epoch. */
  activeAt: number;
  decision: Decision;
  state: ScaleState;
  scale: Scale;
}

/** Measurements do not reach back further, ms. */
const longestWindow = ({ stableWindow, panicWindow }: Scale): number => Math.max(stableWindow, panicWindow);

/** Whether further decisions repeat the last one, as long as no request arrives and the pool does not fall asleep. */
export function isSteady({ activeAt, decision, state, scale }: IdleState): boolean {
  const { at, from, to, min } = decision;
  if (from !== to || at - activeAt < longestWindow(scale)) return false;
  const least = Math.max(min, Math.min(1, to));
  return to === least || (state.recommendations.length <= 1 && state.panicUntil <= at);
}

const fallsAsleepAt = ({ decision, state, scale }: IdleState): number =>
  decision.min === 0 && decision.to > 0 ? state.activeAt + scale.idleTimeout : Number.POSITIVE_INFINITY;

/**
 * The first tick from `first` on, `tick` ms apart, that may decide differently: when the bounds change, when the pool
 * falls asleep, or early enough before `until`, when a request arrives, to fill the windows. Times are ms since the epoch.
 */
export function tickAfter(
  rest: IdleState,
  first: number,
  tick: number,
  until: number,
  boundsAt: (ms: number) => InstanceBounds,
): number {
  const { min, max } = rest.decision;
  const last = until - longestWindow(rest.scale);
  const asleep = fallsAsleepAt(rest);
  const isSame = (bounds: InstanceBounds): boolean => bounds.min === min && bounds.max === max;
  let at = first;
  while (at + tick <= last && at < asleep && isSame(boundsAt(at))) at += tick;
  return at;
}
