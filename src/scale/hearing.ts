import { type Heard, NONE, Recent } from './heard.ts';

/** Short, so that reports of before do not hide what is missing now; and long, for pools with few requests. */
const LENGTHS_MS = [60_000, 15 * 60_000] as const;
/** What chance let see proves less than what is always seen: three unreported requests that woke a pool suffice. */
const WAKE_WEIGHT = 2.5;
/**
 * Twice as many connections as expected, and six: with fewer than this chance alone would say so of a pool whose requests are
 * all reported, more often than once in a thousand hours (by the Poisson distribution).
 */
const isLacking = ({ ended, woken, expected }: Heard): boolean =>
  ended + (WAKE_WEIGHT - 1) * woken > 2 * expected + 6;

/** The reports explain all connections, but for those at both ends of the span. */
const isWhole = ({ ended, expected, reported }: Heard): boolean => reported >= 3 && ended <= expected + 3;

/**
 * Compares the requests that nginx reports of a pool with the connections that end. Where more of those are seen than the
 * reported requests let expect, nginx does not report all requests: their number is unknown, and not low. That holds until
 * there are enough reports again: when no connections are seen, nothing is known of reports.
 */
export class Hearing {
  #at = 0;
  #recent = LENGTHS_MS.map(length => new Recent(length));
  #lacking: Heard | null = null;

  /** `at`: ms. */
  add(at: number, heard: Heard): void {
    // after the clock was set back, earlier ones lie in the future
    if (at < this.#at) this.#reset();
    this.#at = at;
    for (const recent of this.#recent) recent.add(at, heard);
    this.#judge();
  }

  /** What showed that nginx does not report all requests; null: nothing does. */
  get lacking(): Heard | null {
    return this.#lacking;
  }

  #judge(): void {
    const sums = this.#recent.map(({ sum }) => sum);
    this.#lacking = this.#lacking ?? sums.find(isLacking) ?? null;
    if (!this.#lacking || !isWhole(sums[0] ?? NONE)) return;
    this.#lacking = null;
    this.#reset();
  }

  #reset(): void {
    this.#recent = LENGTHS_MS.map(length => new Recent(length));
  }
}
