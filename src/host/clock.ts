import { setTimeout as wait } from 'node:timers/promises';

/** Where the monotonic clock begins: long after 0, which stands for "never" in records. */
const BEGINNING_MS = 1e12;

/**
 * The monotonic clock, CLOCK_MONOTONIC of clock_gettime(2), in ms: for every wait, age and deadline, as the time of day can be set. It
 * is the same in all programs until the machine is rebooted, and does not count while the machine is suspended.
 */
export const monotonic = (): number => fromSystemd(Number(process.hrtime.bigint() / 1000n));

/** The same for a time of systemd's, such as ExecMainStartTimestampMonotonic, microseconds. */
export const fromSystemd = (usec: number): number => BEGINNING_MS + Math.floor(usec / 1000);

/** Two clocks that are read one after the other differ by chance, ms; a clock that is set differs by more. */
const CHANCE_MS = 50;
let epoch = 0;

/** The time of day, ms since the epoch, when the monotonic clock was at 0: the same until somebody sets the time of day. */
export function epochOfClock(): number {
  const now = Date.now() - monotonic();
  if (Math.abs(now - epoch) > CHANCE_MS) epoch = now;
  return epoch;
}

/** Time and timers; the simulation of the controller has its own. */
export interface Clock {
  /** ms of the monotonic clock, with fractions. */
  now: () => number;
  /** Calls back after `ms` milliseconds. Returns a function that cancels it. */
  after: (ms: number, call: () => void) => () => void;
  /** CPU time that this process has used so far, ms. */
  used: () => number;
}

/** The machine's. */
export const machineClock: Clock = {
  now: () => BEGINNING_MS + Number(process.hrtime.bigint()) / 1e6,
  after: (ms, call) => {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
  used: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
};

/** Resolves after `ms` milliseconds. */
export const pause = (ms: number): Promise<void> => wait(ms);

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
