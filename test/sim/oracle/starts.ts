/** Starts of a pool that are allowed at once in addition to its slots, and the time until one more is, ms. */
const BURST = 8;
const REFILL_MS = 10_000;
/** A stretch of failures shorter than this shows no back-off, ms. */
const LEAST_STRETCH_MS = 40_000;
/** The longest back-off, less its jitter, ms. */
const LONGEST_WAIT_MS = 250_000;
/** Starts in the second half of a stretch whose waits double, and what may come of several slots. */
const LATE_STARTS = 4;

/** The starts of one pool: a token bucket, and those since anything was last well. */
interface Tally {
  tokens: number;
  at: number;
  size: number;
  starts: number[];
}

/** Holds the starts of failing pools to a bounded rate that falls. */
export class Starts {
  #tallies = new Map<string, Tally>();

  /** Allows more starts of a pool, or of all: an administrator's action requires them. */
  credit(pool: string | undefined, starts: number): void {
    for (const [name, tally] of this.#tallies)
      if (pool === undefined || name === pool) {
        tally.tokens += starts;
        this.succeeded(name);
      }
  }

  /** Some instance of the pool is well. */
  succeeded(pool: string): void {
    const tally = this.#tallies.get(pool);
    if (tally) tally.starts = [];
  }

  /** The controller lost its memory and with it all back-off: every pool is as at rest. */
  forget(): void {
    for (const [name, tally] of this.#tallies) {
      tally.tokens = Math.max(tally.tokens, tally.size);
      this.succeeded(name);
    }
  }

  /** Counts a start of a pool with this many slots. Throws if there are too many. */
  count(pool: string, slots: number, now: number): void {
    const size = slots + BURST;
    const tally = this.#tallies.get(pool) ?? { tokens: size, at: now, size, starts: [] };
    const refill = (now - tally.at) / REFILL_MS;
    tally.tokens = Math.min(Math.max(size, tally.tokens), tally.tokens + refill) - 1;
    tally.at = now;
    tally.starts.push(now);
    this.#tallies.set(pool, tally);
    if (tally.tokens < 0) throw new Error(`starts ${pool} too often`);
    this.#checkStretch(pool, tally, now);
  }

  /** Waits that double leave few starts for the second half of the time. */
  #checkStretch(pool: string, { starts }: Tally, now: number): void {
    const length = now - (starts[0] ?? now);
    if (length < LEAST_STRETCH_MS) return;
    const late = starts.filter(at => at > now - length / 2).length;
    if (late > LATE_STARTS + length / 2 / LONGEST_WAIT_MS)
      throw new Error(`starts ${pool} ${late} times in the last of ${length / 1000} s without success`);
  }
}
