/** Buckets grow by a tenth, so that a quantile is at most a tenth too high: 140 buckets from 1 ms to 10 min. */
const GROWTH = Math.log(1.1);
const MAX_LATENCY_MS = 600_000;

const bucketOf = (ms: number): number =>
  ms <= 1 ? 0 : Math.ceil(Math.log(Math.min(ms, MAX_LATENCY_MS)) / GROWTH - 1e-9);

/** Any number of durations in bounded memory. */
export class Histogram {
  #counts = new Map<number, number>();
  total = 0;

  /** Adds a duration, ms. */
  add(ms: number): void {
    const bucket = bucketOf(ms);
    this.#counts.set(bucket, (this.#counts.get(bucket) ?? 0) + 1);
    this.total += 1;
  }

  merge(other: Histogram): void {
    for (const [bucket, count] of other.#counts)
      this.#counts.set(bucket, (this.#counts.get(bucket) ?? 0) + count);
    this.total += other.total;
  }

  /** The sum of what each duration counts for; durations are up to a tenth too high. */
  sum(of: (ms: number) => number): number {
    return [...this.#counts].reduce(
      (total, [bucket, count]) => total + count * of(Math.exp(bucket * GROWTH)),
      0,
    );
  }

  /** The duration that a share (0 to 1) does not exceed, ms, at most a tenth too high; null when empty. */
  quantile(share: number): number | null {
    let left = Math.max(1, Math.ceil(share * this.total));
    for (const bucket of [...this.#counts.keys()].sort((a, b) => a - b)) {
      left -= this.#counts.get(bucket) ?? 0;
      if (left <= 0) return Math.round(Math.exp(bucket * GROWTH));
    }
    return null;
  }
}
