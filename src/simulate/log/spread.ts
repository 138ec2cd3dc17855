import type { LogEntry, Sink } from './entry.ts';

/** More in one second than these are spread over it in parts, so that they need not all be kept. */
const MAX_BUFFERED = 65_536;

/** Multiples of it, modulo 1, fall evenly into 0 to 1 however many there are. */
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * Spreads the requests that have the same stamp evenly over the time that the stamp stands for. They begin at another
 * point of it each time: else they would be in step with the looks at the pool, which are at whole seconds too, and each
 * look would find the same.
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
