/** A state as status gave it from a moment on; null while there was no status. */
export interface Stated {
  /** ms since the epoch. */
  from: number;
  state: string | null;
}

/** A request and what came of it. */
export interface Asked {
  began: number;
  ended: number;
  isAnswered: boolean;
}

/** For how long status may be wrong, ms. */
export const GRACE_MS = 2_000;

const ANSWERS = new Set(['ok', 'degraded', 'asleep']);

/** Whether a state says what came of the request; where there was no status it says nothing wrong. */
const agrees = (state: string | null, isAnswered: boolean): boolean =>
  state === null || ANSWERS.has(state) === isAnswered;

/** The states in force at some time from `from` to `to`. `history`: by time. */
const within = (history: readonly Stated[], from: number, to: number): Stated[] =>
  history.filter(({ from: at }, i) => at <= to && (history[i + 1]?.from ?? Number.POSITIVE_INFINITY) >= from);

/**
 * What status said that was wrong for longer than the grace, when a request was made; null: nothing. `history` reaches to the end of
 * the request and the grace.
 */
export function lieAbout({ began, ended, isAnswered }: Asked, history: readonly Stated[]): string | null {
  const said = within(history, began - GRACE_MS, ended + GRACE_MS).map(({ state }) => state);
  if (said.length === 0 || said.some(state => agrees(state, isAnswered))) return null;
  return `${[...new Set(said)].join(', ')}, but a request was ${isAnswered ? 'answered' : 'not answered'}`;
}
