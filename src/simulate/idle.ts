import type { Scale } from '../model/pool.ts';
import type { Decision, ScaleState } from '../scale/decision.ts';
import type { InstanceBounds } from './policy.ts';

/** What the last request left behind. */
export interface IdleState {
  /** When anything was last seen or heard of, ms since the epoch. */
  activeAt: number;
  decision: Decision;
  state: ScaleState;
  scale: Scale;
}

/** After so long the measurements know nothing of what was before, ms. */
const longestWindow = ({ stableWindow, panicWindow }: Scale): number => Math.max(stableWindow, panicWindow);

/** Whether each further decision would be the last one again, while nothing comes and the pool does not fall asleep. */
export function isSteady({ activeAt, decision, state, scale }: IdleState): boolean {
  const { at, from, to, min } = decision;
  if (from !== to || at - activeAt < longestWindow(scale)) return false;
  const least = Math.max(min, Math.min(1, to));
  return to === least || (state.recommendations.length <= 1 && state.panicUntil <= at);
}

const fallsAsleepAt = ({ decision, state, scale }: IdleState): number =>
  decision.min === 0 && decision.to > 0 ? state.activeAt + scale.idleTimeout : Number.POSITIVE_INFINITY;

/**
 * Of the ticks from `first` on, `tick` ms apart, the first that may decide otherwise: at other bounds, when the pool falls
 * asleep, or so long before `until`, when something comes, that by then the measurements are those of the silence. Times
 * are ms since the epoch.
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
