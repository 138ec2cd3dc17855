import { setTimeout } from 'node:timers/promises';

/** Resolves after so many ms. */
export const pause = (ms: number): Promise<void> => setTimeout(ms);

/** How often a condition is looked at, and for how long at most, ms. */
export interface PollOptions {
  interval: number;
  timeout: number;
}

/** Awaits that a condition holds; false when it did not in time. */
export async function becomesTrue(
  isTrue: () => Promise<boolean>,
  { interval, timeout }: PollOptions,
): Promise<boolean> {
  const end = performance.now() + timeout;
  while (performance.now() < end) {
    if (await isTrue()) return true;
    await pause(interval);
  }
  return false;
}
