import { Worker } from './worker.ts';

/** The workers of a pool: those that stay, oldest first, and those that finish what they have and go. */
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

  /** How many stay, ready or not. */
  get staying(): number {
    return this.#staying.length;
  }

  get ready(): number {
    return this.#staying.filter(worker => worker.isReady).length;
  }

  /** Whether each that runs is ready: none starts, none goes. */
  get isSettled(): boolean {
    return this.#leaving.length === 0 && this.ready === this.#staying.length;
  }

  /**
   * The ready one with the fewest connections, of several the next in turn, as nginx's least_conn; null: none is ready.
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

  /** Lets the last one that drains stay, sooner than a new one could serve; false: none drains. */
  cancelDrain(): boolean {
    const worker = this.#leaving.pop();
    if (worker) this.#staying.push(worker);
    return worker !== undefined;
  }

  /** The one that goes first: one that is not ready yet, else the youngest. It drains. */
  drain(): void {
    const notReady = this.#staying.findIndex(worker => !worker.isReady);
    const [worker] = this.#staying.splice(notReady >= 0 ? notReady : -1, 1);
    if (worker && worker.connections > 0) this.#leaving.push(worker);
  }

  /** Strikes off one that drained, when it has nothing left. */
  release(worker: Worker): void {
    if (worker.connections === 0) this.#leaving = this.#leaving.filter(other => other !== worker);
  }

  has(worker: Worker): boolean {
    return this.#staying.includes(worker);
  }
}
