import { Histogram } from '../scale/histogram.ts';

/** Durations in bounded memory, ms; many may be 0. */
export class Durations {
  /** Without those of 0: a histogram starts at 1 ms. */
  #positive = new Histogram();
  #zeros = 0;
  #sum = 0;
  longest = 0;

  add(ms: number): void {
    if (ms > 0) this.#positive.add(ms);
    else this.#zeros += 1;
    this.#sum += ms;
    this.longest = Math.max(this.longest, ms);
  }

  get count(): number {
    return this.#zeros + this.#positive.total;
  }

  /** How many are above 0. */
  get positive(): number {
    return this.#positive.total;
  }

  /** Null when there are none, as for the quantiles. */
  get mean(): number | null {
    return this.count > 0 ? this.#sum / this.count : null;
  }

  /** The duration that a share (0 to 1) does not exceed, at most a tenth too high. */
  quantile(share: number): number | null {
    if (this.count === 0) return null;
    const rank = Math.max(1, Math.ceil(share * this.count)) - this.#zeros;
    if (rank <= 0) return 0;
    return Math.min(this.longest, this.#positive.quantile(rank / this.#positive.total) ?? 0);
  }
}
