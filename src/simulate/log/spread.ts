import type { LogEntry, Sink } from './entry.ts';

/** More requests with one stamp are spread in several batches, to bound the memory. */
const MAX_BUFFERED = 65_536;

/** Multiples of the golden ratio, modulo 1, are spread evenly over 0 to 1, however many there are. */
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * Spreads requests with the same stamp evenly over the time that the stamp covers. They start at a different point each
 * time: otherwise they would be in step with the samples of the pool, which are also taken at whole seconds.
 */
export class Spread {
  #run: LogEntry[] = [];
  #runs = 0;

  constructor(readonly sink: Sink) {}

  add(entry: LogEntry): void {
    const [first] = this.#run;
    const isSame = first?.stamp === entry.stamp && first.resolution === entry.resolution;
    if (!isSame || this.#run.length >= MAX_BUFFERED) this.flush();
    this.#run.push(entry);
  }

  flush(): void {
    const { length } = this.#run;
    const phase = (this.#runs * GOLDEN) % 1;
    for (const [i, { stamp, resolution, took, ended }] of this.#run.entries()) {
      const at = stamp + (resolution * (i + phase)) / length;
      this.sink(ended && took !== null ? at - took : at, took);
    }
    if (length > 0) this.#runs += 1;
    this.#run = [];
  }
}
