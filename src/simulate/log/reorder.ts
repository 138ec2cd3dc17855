import { Heap } from '../queue/heap.ts';
import type { Sink } from './entry.ts';

/** How far a line may be behind the latest arrival, ms: a request's line comes at its end, nginx waits for 30 s by default. */
const SLACK_MS = 30_000;
/** No more than so many are kept back, however many there are in that time. */
const MAX_BUFFERED = 100_000;

/** Brings requests into the order of their arrival, as far as a bounded buffer can. */
export class Reorder {
  /** Requests that came too late for their place: they count as arriving when they were read. */
  late = 0;
  #heap = new Heap<number | null>();
  #latest = Number.NEGATIVE_INFINITY;
  #passed = Number.NEGATIVE_INFINITY;

  constructor(readonly sink: Sink) {}

  add(at: number, took: number | null): void {
    if (at < this.#passed) this.late += 1;
    this.#heap.push(Math.max(at, this.#passed), took);
    this.#latest = Math.max(this.#latest, at);
    while (this.#heap.least <= this.#latest - SLACK_MS || this.#heap.size > MAX_BUFFERED) this.#pass();
  }

  flush(): void {
    while (this.#heap.size > 0) this.#pass();
  }

  #pass(): void {
    this.#passed = this.#heap.least;
    this.sink(this.#passed, this.#heap.pop());
  }
}
