import type { LogEntry } from './log/entry.ts';
import { Reorder } from './log/reorder.ts';
import { Spread } from './log/spread.ts';
import type { Model, Policy } from './policy.ts';
import type { ServiceTimes } from './service-time.ts';
import { Simulation } from './simulation.ts';

/** The clock of a simulation begins at a whole second. */
const SECOND_MS = 1000;

/** The second of the first arrival, and the last arrival; ms since the epoch. */
export interface ReplayPeriod {
  start: number;
  last: number;
}

/** Replays one log for several policies at once: each gets the same requests. */
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

  /** Requests that came too late for their place in time. */
  get late(): number {
    return this.#reorder.late;
  }

  add(entry: LogEntry): void {
    this.#spread.add(entry);
  }

  /** Lets all end that there is. */
  end(): void {
    this.#spread.flush();
    this.#reorder.flush();
    for (const simulation of this.simulations) simulation.drain();
    // all end together, to be compared, and a moment after the last answer, which has to fall into some time
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
