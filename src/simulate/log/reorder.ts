import { Heap } from '../queue/heap.ts';
import type { Sink } from './entry.ts';

/** How far a line may be behind the latest arrival: nginx logs a request at its end, and ReadTimeout= is 30 s by default. */
const SLACK_MS = 30_000;
/** Requests to buffer at most. */
const MAX_BUFFERED = 100_000;

/** Sorts requests by arrival, as far as a bounded buffer can. */
export class Reorder {
  /** Requests too far out of order: they count as arriving when their line was read. */
  late = 0;
  #heap = new Heap<number | null>();
  #latest = Number.NEGATIVE_INFINITY;
  #emitted = Number.NEGATIVE_INFINITY;

  constructor(readonly sink: Sink) {}

  add(at: number, took: number | null): void {
    if (at < this.#emitted) this.late += 1;
    this.#heap.push(Math.max(at, this.#emitted), took);
    this.#latest = Math.max(this.#latest, at);
    while (this.#heap.least <= this.#latest - SLACK_MS || this.#heap.size > MAX_BUFFERED) this.#emit();
  }

  flush(): void {
    while (this.#heap.size > 0) this.#emit();
  }

  #emit(): void {
    this.#emitted = this.#heap.least;
    this.sink(this.#emitted, this.#heap.pop());
  }
}
