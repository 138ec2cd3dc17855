import { setTimeout } from 'node:timers/promises';

/** Resolves after `ms` milliseconds. */
export const pause = (ms: number): Promise<void> => setTimeout(ms);

/** How often to check a condition, and for how long at most, ms. */
export interface PollOptions {
  interval: number;
  timeout: number;
}

/** Waits for a condition; false when it does not hold in time. */
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
