/** What happened during one stretch of time. */
export interface Point {
  /** When it began, ms since the epoch, and its length, ms. */
  at: number;
  length: number;
  /** Requests that arrived. */
  requests: number;
  /** Mean number of running instances. */
  instances: number;
  /** Maximum number of waiting requests. */
  waiting: number;
}

/** Beyond this number, neighbouring points are merged in pairs. */
const MAX_POINTS = 4096;

/** A time series in bounded memory: the longer the time, the longer each point. */
export class Series {
  #requests: number[] = [];
  #instanceTime: number[] = [];
  #waiting: number[] = [];

  /** `start` is ms since the epoch, `length` ms. */
  constructor(
    readonly start: number,
    public length: number,
  ) {}

  arrive(at: number): void {
    const i = this.#index(at);
    this.#requests[i] = (this.#requests[i] ?? 0) + 1;
  }

  wait(at: number, requests: number): void {
    const i = this.#index(at);
    this.#waiting[i] = Math.max(this.#waiting[i] ?? 0, requests);
  }

  /** Adds running instances between two times, ms since the epoch. */
  run(from: number, to: number, instances: number): void {
    const last = this.#index(to);
    for (let i = this.#index(from); i <= last; i += 1) {
      const begin = this.start + i * this.length;
      const time = Math.min(to, begin + this.length) - Math.max(from, begin);
      this.#instanceTime[i] = (this.#instanceTime[i] ?? 0) + instances * time;
    }
  }

  /** All points up to `end`, ms since the epoch, which lies within the last one. */
  points(end: number): Point[] {
    const { start, length } = this;
    return Array.from({ length: Math.ceil((end - start) / length) }, (_, i) => {
      const at = start + i * length;
      const instances = (this.#instanceTime[i] ?? 0) / Math.min(length, end - at);
      return { at, length, requests: this.#requests[i] ?? 0, instances, waiting: this.#waiting[i] ?? 0 };
    });
  }

  #index(at: number): number {
    while (at - this.start >= MAX_POINTS * this.length) this.#halve();
    return Math.floor((at - this.start) / this.length);
  }

  #halve(): void {
    const sum = (a: number, b: number): number => a + b;
    this.#requests = pairs(this.#requests, sum);
    this.#instanceTime = pairs(this.#instanceTime, sum);
    this.#waiting = pairs(this.#waiting, Math.max);
    this.length *= 2;
  }
}

const pairs = (list: readonly number[], join: (a: number, b: number) => number): number[] =>
  Array.from({ length: Math.ceil(list.length / 2) }, (_, i) => join(list[2 * i] ?? 0, list[2 * i + 1] ?? 0));
