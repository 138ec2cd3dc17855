import type { Result } from './result.ts';

/** Tells whether some members are accepted together; if not, in the words of whoever judges them. */
export type Trial<T> = (members: readonly T[]) => Promise<Result<unknown>>;

/** A member that is refused next to those before it, and why. */
export interface Refused<T> {
  member: T;
  reason: string;
}

/**
 * The first member with which a trial fails, where it passes without any and fails with all. The search begins at the end and
 * doubles its steps: callers put last what is most likely at fault.
 */
async function firstRefused<T>(
  members: readonly T[],
  trial: Trial<T>,
  reasonOfAll: string,
): Promise<Refused<T> | null> {
  let [passing, failing, step, reason] = [0, members.length, 1, reasonOfAll];
  while (failing - passing > 1) {
    const middle = Math.max(failing - step, Math.floor((passing + failing) / 2));
    const tried = await trial(members.slice(0, middle));
    if (tried.ok) passing = middle;
    else [failing, step, reason] = [middle, 2 * step, tried.error];
  }
  const member = members[failing - 1];
  return member === undefined ? null : { member, reason };
}

/**
 * The members without which all others pass a trial together; of two that only fail together, the later one. Null: the trial
 * fails whatever the members.
 */
export async function refusedOf<T>(members: readonly T[], trial: Trial<T>): Promise<Refused<T>[] | null> {
  const refused: Refused<T>[] = [];
  for (let left = members; ; ) {
    const tried = await trial(left);
    if (tried.ok) return refused;
    if (refused.length === 0 && !(await trial([])).ok) return null;
    const found = await firstRefused(left, trial, tried.error);
    if (found === null) return null;
    refused.push(found);
    left = left.filter(member => member !== found.member);
  }
}
