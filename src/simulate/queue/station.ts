import type { InstanceSample } from '../../scale/signals.ts';
import { Fifo, type Waiting } from './fifo.ts';
import { Heap } from './heap.ts';
import type { Worker } from './worker.ts';
import { Workers } from './workers.ts';

/** How the workers of a pool work. */
export interface Work {
  /** How long a started worker takes until requests go to it, ms. */
  startTime: number;
  /** How many requests it serves at a time. */
  threads: number;
  /** Which share of the time that it serves is CPU time. */
  cpuShare: number;
}

/** Hears of each request: how long it waited (ms), and later that it ended and what it took in all (ms). */
export interface SimulationObserver {
  served: (waited: number) => void;
  ended: (took: number) => void;
}

/** A request in service. */
interface RequestInService {
  worker: Worker;
  /** ms since the epoch */
  arrived: number;
}

/** A pool as a queueing station: requests come in, workers serve them, and so many workers as it is told. */
export class Station {
  readonly workers = new Workers();
  /** Requests that no worker is there for. */
  #unassigned = new Fifo();
  #ends = new Heap<RequestInService>();
  #starts = new Heap<Worker>();
  /** Requests that are not served yet. */
  waiting = 0;

  constructor(
    readonly work: Work,
    readonly observer: SimulationObserver,
  ) {}

  /** When it next does something by itself, ms since the epoch. */
  get next(): number {
    return Math.min(this.#ends.least, this.#starts.least);
  }

  /** Requests that wait or are served. */
  get pending(): number {
    return this.waiting + this.#ends.size;
  }

  get isAtRest(): boolean {
    return this.pending === 0 && this.workers.isSettled;
  }

  /** Does what is due at `next`. */
  step(): void {
    const now = this.next;
    if (this.#ends.least <= now) this.#end(now, this.#ends.pop());
    else this.#begin(now, this.#starts.pop());
  }

  arrive(at: number, service: number): void {
    const worker = this.workers.leastLoaded();
    if (worker) this.#send(worker, { at, service }, at);
    else this.#hold(at, service);
  }

  /** From now on (ms since the epoch) so many are to stay. */
  resize(now: number, wanted: number): void {
    while (this.workers.staying > wanted) this.workers.drain();
    while (this.workers.staying < wanted && this.workers.cancelDrain());
    while (this.workers.staying < wanted) this.#starts.push(now + this.work.startTime, this.workers.add());
  }

  /** So many that are ready at once. */
  open(workers: number): void {
    for (let i = 0; i < workers; i += 1) this.workers.add().isReady = true;
  }

  /** What a look at the pool would tell. What waits for a first worker counts as waiting at one. */
  samples(now: number): InstanceSample[] {
    const samples = this.workers.all.map(worker => worker.sample(now, this.work.cpuShare));
    const { length } = this.#unassigned;
    if (length > 0) samples.push({ invocation: '', cpuUsec: null, connections: length, waiting: length });
    return samples;
  }

  #hold(at: number, service: number): void {
    this.#unassigned.push(at, service);
    this.waiting += 1;
  }

  #send(worker: Worker, { at, service }: Waiting, now: number): void {
    if (worker.serving < this.work.threads) this.#serve(worker, { at, service }, now);
    else {
      worker.queue.push(at, service);
      this.waiting += 1;
    }
  }

  #serve(worker: Worker, { at, service }: Waiting, now: number): void {
    worker.serve(worker.serving + 1, now);
    this.observer.served(now - at);
    this.#ends.push(now + service, { worker, arrived: at });
  }

  #end(now: number, { worker, arrived }: RequestInService): void {
    worker.serve(worker.serving - 1, now);
    this.observer.ended(now - arrived);
    const next = worker.queue.shift();
    if (next) {
      this.waiting -= 1;
      this.#serve(worker, next, now);
    } else this.workers.release(worker);
  }

  #begin(now: number, worker: Worker): void {
    // one that was let go before it was ready never serves
    if (!this.workers.has(worker)) return;
    worker.isReady = true;
    for (let next = this.#unassigned.shift(); next; next = this.#unassigned.shift()) {
      this.waiting -= 1;
      this.#send(this.workers.leastLoaded() ?? worker, next, now);
    }
  }
}
