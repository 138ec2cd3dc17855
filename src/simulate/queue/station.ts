import type { InstanceSample } from '../../scale/signals.ts';
import { Fifo, type Waiting } from './fifo.ts';
import { Heap } from './heap.ts';
import type { Worker } from './worker.ts';
import { Workers } from './workers.ts';

/** How the workers of a pool behave. */
export interface Work {
  /** From the start of a worker until it receives requests, ms. */
  startTime: number;
  /** Requests it serves concurrently. */
  threads: number;
  /** Share of its service time that is CPU time. */
  cpuShare: number;
}

/** Is called for each request: with its wait (ms) when service begins, and with its total time (ms) when it ends. */
interface SimulationObserver {
  served: (waited: number) => void;
  ended: (took: number) => void;
}

/** A request in service. */
interface RequestInService {
  worker: Worker;
  /** ms since the epoch */
  arrived: number;
}

/** A pool as a queueing station: requests arrive, and a variable number of workers serves them. */
export class Station {
  readonly workers = new Workers();
  /** Requests that arrived while no worker was ready. */
  #unassigned = new Fifo();
  #ends = new Heap<RequestInService>();
  #starts = new Heap<Worker>();
  /** Requests whose service has not begun. */
  waiting = 0;

  constructor(
    readonly work: Work,
    readonly observer: SimulationObserver,
  ) {}

  /** The time of its next event, ms since the epoch. */
  get next(): number {
    return Math.min(this.#ends.least, this.#starts.least);
  }

  /** Requests that wait or are being served. */
  get pending(): number {
    return this.waiting + this.#ends.size;
  }

  get isAtRest(): boolean {
    return this.pending === 0 && this.workers.isSettled;
  }

  /** Processes the event at `next`. */
  step(): void {
    const now = this.next;
    if (this.#ends.least <= now) this.#end(now, this.#ends.pop());
    else this.#begin(now, this.#starts.pop());
  }

  arrive(at: number, service: number): void {
    const worker = this.workers.leastLoaded();
    if (worker) this.#send(worker, { at, service }, at);
    else this.#waitForWorker(at, service);
  }

  /** Sets the wanted number of workers from `now` (ms since the epoch) on. */
  resize(now: number, wanted: number): void {
    while (this.workers.staying > wanted) this.workers.drain();
    while (this.workers.staying < wanted && this.workers.cancelDrain());
    while (this.workers.staying < wanted) this.#starts.push(now + this.work.startTime, this.workers.add());
  }

  /** Adds workers that are ready immediately. */
  open(workers: number): void {
    for (let i = 0; i < workers; i += 1) this.workers.add().isReady = true;
  }

  /** Samples of all workers. Requests that wait for a first worker count as waiting at one. */
  samples(now: number): InstanceSample[] {
    const samples = this.workers.all.map(worker => worker.sample(now, this.work.cpuShare));
    const { length } = this.#unassigned;
    if (length > 0)
      samples.push({ invocation: '', serves: false, cpuUsec: null, connections: length, waiting: length });
    return samples;
  }

  #waitForWorker(at: number, service: number): void {
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
    // it may have been drained before it was ready
    if (!this.workers.has(worker)) return;
    worker.isReady = true;
    for (let next = this.#unassigned.shift(); next; next = this.#unassigned.shift()) {
      this.waiting -= 1;
      this.#send(this.workers.leastLoaded() ?? worker, next, now);
    }
  }
}
