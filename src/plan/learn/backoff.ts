import { type Failures, noFailures } from '../state/memory.ts';

/** The first wait; Kubernetes' 10 s would be too slow for a pool of one. */
const FIRST_WAIT_MS = 1_000;
/** Kubernetes' cap for CrashLoopBackOff. */
const MAX_WAIT_MS = 300_000;
/** Plus or minus a tenth: pools that failed together do not come back together. */
const JITTER = 0.1;
/** The count of failures is reset after this long without one, ms. */
export const RESET_AFTER_MS = 60_000;

/** A number in 0..1 that depends on the text alone (FNV-1a): the planner is pure, so it cannot use random numbers. */
export function spread(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0) / 0x100000000;
}

/** How long to wait after the count-th failure in a row, ms: 1 s, doubling up to 5 min, plus or minus a tenth. */
export function backoff(count: number, seed: string): number {
  const wait = Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.max(0, count - 1));
  return wait * (1 - JITTER + 2 * JITTER * spread(`${seed} ${count}`));
}

/** Counts one more failure; the first `free` ones cost no wait. */
export function failedAgain(
  before: Failures | undefined,
  now: number,
  seed: string,
  message: string,
  free = 0,
): Failures {
  const count = (before ?? noFailures()).count + 1;
  const until = count > free ? now + backoff(count - free, seed) : now;
  return { count, lastAt: now, until, message };
}
