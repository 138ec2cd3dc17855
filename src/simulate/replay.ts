import type { LogEntry } from './log/entry.ts';
import { Reorder } from './log/reorder.ts';
import { Spread } from './log/spread.ts';
import type { Model, Policy } from './policy.ts';
import type { ServiceTimes } from './service-time.ts';
import { Simulation } from './simulation.ts';

/** Simulations begin at a whole second. */
const SECOND_MS = 1000;

/** From the second of the first arrival to the last arrival; ms since the epoch. */
interface ReplayPeriod {
  start: number;
  last: number;
}

/** Replays a log against several policies in parallel, with the same requests for each. */
export class Replay {
  simulations: Simulation[] = [];
  requests = 0;
  period: ReplayPeriod = { start: 0, last: 0 };
  #reorder = new Reorder((at, took) => this.#arrive(at, took));
  #spread = new Spread((at, took) => this.#reorder.add(at, took));

  constructor(
    readonly policies: readonly Policy[],
    readonly model: Model,
    readonly serviceTimes: ServiceTimes,
  ) {}

  /** Requests that were too far out of order. */
  get late(): number {
    return this.#reorder.late;
  }

  add(entry: LogEntry): void {
    this.#spread.add(entry);
  }

  /** Ends all simulations once their requests are answered. */
  end(): void {
    this.#spread.flush();
    this.#reorder.flush();
    for (const simulation of this.simulations) simulation.drain();
    // all end at the same time, for comparison, and 1 ms after the last answer, which must fall within the period
    const end = Math.max(...this.simulations.map(simulation => simulation.end)) + 1;
    for (const simulation of this.simulations) simulation.close(end);
  }

  #arrive(at: number, took: number | null): void {
    if (this.requests === 0) this.#begin(at);
    this.requests += 1;
    this.period.last = at;
    const service = this.serviceTimes.next(took);
    for (const simulation of this.simulations) simulation.arrive(at, service);
  }

  #begin(at: number): void {
    const start = Math.floor(at / SECOND_MS) * SECOND_MS;
    this.period.start = start;
    this.simulations = this.policies.map(policy => new Simulation(policy, this.model, start));
  }
}
