/** A waiting request. */
export interface Waiting {
  /** When it arrived, ms since the epoch. */
  at: number;
  /** Its service time, ms. */
  service: number;
}

/** A queue of requests with 16 bytes for each: in an overload millions wait. */
export class Fifo {
  #ring = new Float64Array(16);
  #first = 0;
  length = 0;

  push(at: number, service: number): void {
    if (2 * this.length === this.#ring.length) this.#grow();
    const end = (this.#first + 2 * this.length) % this.#ring.length;
    this.#ring[end] = at;
    this.#ring[end + 1] = service;
    this.length += 1;
  }

  /** Removes the first one; null when the queue is empty. */
  shift(): Waiting | null {
    if (this.length === 0) return null;
    const [at = 0, service = 0] = [this.#ring[this.#first], this.#ring[this.#first + 1]];
    this.#first = (this.#first + 2) % this.#ring.length;
    this.length -= 1;
    return { at, service };
  }

  #grow(): void {
    const larger = new Float64Array(2 * this.#ring.length);
    larger.set(this.#ring.subarray(this.#first));
    larger.set(this.#ring.subarray(0, this.#first), this.#ring.length - this.#first);
    this.#ring = larger;
    this.#first = 0;
  }
}
