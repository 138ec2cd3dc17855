import type { InstanceSample } from '../../scale/signals.ts';
import { Fifo } from './fifo.ts';

/** A simulated instance: serves some requests concurrently, while others wait in its queue. */
export class Worker {
  readonly queue = new Fifo();
  /** Whether it receives requests. */
  isReady = false;
  #serving = 0;
  #busy = 0;
  #since = 0;

  constructor(readonly name: string) {}

  get serving(): number {
    return this.#serving;
  }

  get connections(): number {
    return this.#serving + this.queue.length;
  }

  /** Sets the number of requests in service from `now` (ms) on. */
  serve(requests: number, now: number): void {
    this.#busy = this.busy(now);
    this.#since = now;
    this.#serving = requests;
  }

  /** Its total service time until `now`, ms; concurrent requests each count. */
  busy(now: number): number {
    return this.#busy + this.#serving * (now - this.#since);
  }

  /** A sample of it; `cpuShare` of its service time is CPU time. */
  sample(now: number, cpuShare: number): InstanceSample {
    return {
      invocation: this.name,
      serves: this.isReady,
      cpuUsec: this.busy(now) * cpuShare * 1000,
      connections: this.connections,
      waiting: this.queue.length,
    };
  }
}
