import type { InstanceSample } from '../../scale/signals.ts';
import { Fifo } from './fifo.ts';

/** One simulated instance: serves some requests at a time, and others wait for it. */
export class Worker {
  readonly queue = new Fifo();
  /** It takes requests. */
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

  /** From `now` on (ms) so many requests are served at a time. */
  serve(requests: number, now: number): void {
    this.#busy = this.busy(now);
    this.#since = now;
    this.#serving = requests;
  }

  /** How long it has served so far, ms; several requests at a time count several times. */
  busy(now: number): number {
    return this.#busy + this.#serving * (now - this.#since);
  }

  /** What a look at it would tell; `cpuShare` of the time that it serves is CPU time. */
  sample(now: number, cpuShare: number): InstanceSample {
    return {
      invocation: this.name,
      cpuUsec: this.busy(now) * cpuShare * 1000,
      connections: this.connections,
      waiting: this.queue.length,
    };
  }
}
