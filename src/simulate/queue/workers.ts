import { Worker } from './worker.ts';

/** The workers of a pool: those that stay, oldest first, and those that drain. */
export class Workers {
  #staying: Worker[] = [];
  #leaving: Worker[] = [];
  #added = 0;
  #turn = 0;

  /** All that run: starting, ready or draining. */
  get all(): readonly Worker[] {
    return [...this.#staying, ...this.#leaving];
  }

  get size(): number {
    return this.#staying.length + this.#leaving.length;
  }

  /** How many do not drain, ready or not. */
  get staying(): number {
    return this.#staying.length;
  }

  get ready(): number {
    return this.#staying.filter(worker => worker.isReady).length;
  }

  /** Whether all are ready: none starts, none drains. */
  get isSettled(): boolean {
    return this.#leaving.length === 0 && this.ready === this.#staying.length;
  }

  /**
   * The ready worker with the fewest connections, round robin among equals, like nginx's least_conn; null: none is ready.
   */
  leastLoaded(): Worker | null {
    const { length } = this.#staying;
    const from = this.#turn;
    let best: Worker | null = null;
    for (let i = from + 1; i <= from + length && best?.connections !== 0; i += 1) {
      const worker = this.#staying[i % length];
      if (!worker?.isReady || worker.connections >= (best?.connections ?? Number.POSITIVE_INFINITY)) continue;
      best = worker;
      this.#turn = i % length;
    }
    return best;
  }

  add(): Worker {
    this.#added += 1;
    const worker = new Worker(String(this.#added));
    this.#staying.push(worker);
    return worker;
  }

  /** Keeps the last draining worker, which serves sooner than a new one; false: none drains. */
  cancelDrain(): boolean {
    const worker = this.#leaving.pop();
    if (worker) this.#staying.push(worker);
    return worker !== undefined;
  }

  /** Drains one: a worker that is not yet ready, else the youngest. */
  drain(): void {
    const notReady = this.#staying.findIndex(worker => !worker.isReady);
    const [worker] = this.#staying.splice(notReady >= 0 ? notReady : -1, 1);
    if (worker && worker.connections > 0) this.#leaving.push(worker);
  }

  /** Removes a drained worker once it has no connections left. */
  release(worker: Worker): void {
    if (worker.connections === 0) this.#leaving = this.#leaving.filter(other => other !== worker);
  }

  has(worker: Worker): boolean {
    return this.#staying.includes(worker);
  }
}
