import type { Scale } from '../model/pool.ts';
import { decide } from '../scale/decide.ts';
import { type Decision, newScaleState, type ScaleState } from '../scale/decision.ts';
import { isSteady, tickAfter } from './idle.ts';
import type { Model, Policy } from './policy.ts';
import { Station } from './queue/station.ts';
import { Sampler } from './sampler.ts';
import { Tally } from './tally.ts';

/** The controller takes a sample at least this often. */
const SAMPLE_INTERVAL_MS = 1000;

/** Simulates one policy on a virtual clock: requests arrive, and it decides as the controller would. */
export class Simulation {
  readonly tally: Tally;
  /** The last arrival so far, later the last answer, then the end; ms since the epoch. */
  end: number;
  readonly #scale: Scale;
  readonly #station: Station;
  readonly #sampler: Sampler;
  #state: ScaleState;
  #wanted: number;
  #nextSample: number;
  #nextTick: number;

  /** Begins at `start`, ms since the epoch, with the minimum of instances. `skips`: skip ticks that cannot matter. */
  constructor(
    readonly policy: Policy,
    readonly model: Model,
    readonly start: number,
    readonly skips = true,
  ) {
    this.end = start;
    this.#scale = policy.pool.scale;
    this.#wanted = policy.boundsAt(start).min;
    this.tally = new Tally(start, model.tick, this.#wanted);
    this.#sampler = new Sampler(this.#scale);
    this.#station = new Station(model, {
      served: waited => this.tally.waits.add(waited),
      ended: took => this.#end(took),
    });
    this.#station.open(this.#wanted);
    this.#state = newScaleState(start);
    this.#nextSample = start;
    this.#nextTick = start + model.tick;
  }

  /** Adds a request; in ascending order of time. `at` is ms since the epoch, `service` ms. */
  arrive(at: number, service: number): void {
    this.#advance(at);
    this.end = at;
    if (this.#wanted === 0) this.#wake(at);
    this.#station.arrive(at, service);
    this.tally.arrive(at, this.#station.waiting);
  }

  /** Runs until all requests are answered. */
  drain(): void {
    while (this.#station.pending > 0) {
      this.end = this.#station.next;
      this.#advance(this.end);
    }
  }

  /** Runs without requests until `end`, ms since the epoch, and ends there. */
  close(end: number): void {
    this.#advance(end);
    this.end = end;
    this.tally.run(end, this.#station.workers.size);
  }

  #end(took: number): void {
    this.tally.responses.add(took);
    this.#sampler.addRequest(took);
  }

  /** Processes all events up to and including a time, ms since the epoch. */
  #advance(to: number): void {
    for (;;) {
      const next = Math.min(this.#station.next, this.#nextSample, this.#nextTick);
      if (next > to) return;
      if (this.#station.next === next) this.#step(next);
      else this.#sample(next, to);
    }
  }

  #step(now: number): void {
    const before = this.#station.workers.size;
    this.#station.step();
    const after = this.#station.workers.size;
    if (after !== before) this.tally.run(now, after);
  }

  #sample(now: number, to: number): void {
    this.#sampler.sample(now, this.#station);
    if (now === this.#nextSample) this.#nextSample += SAMPLE_INTERVAL_MS;
    if (now === this.#nextTick) this.#tick(now, to);
  }

  #tick(now: number, to: number): void {
    const decision = this.#decide(now);
    this.#nextTick += this.model.tick;
    if (this.skips && this.#station.isAtRest) this.#skip(decision, to);
  }

  #skip(decision: Decision, to: number): void {
    const rest = { activeAt: this.#sampler.activeAt, decision, state: this.#state, scale: this.#scale };
    if (!isSteady(rest)) return;
    const at = tickAfter(rest, this.#nextTick, this.model.tick, to, this.policy.boundsAt);
    if (at === this.#nextTick) return;
    this.#nextTick = at;
    this.#nextSample += Math.ceil((at - this.#nextSample) / SAMPLE_INTERVAL_MS) * SAMPLE_INTERVAL_MS;
  }

  #decide(now: number): Decision {
    const { decision, state } = decide(
      this.#scale,
      {
        now,
        ready: this.#station.workers.ready,
        from: this.#wanted,
        ...this.policy.boundsAt(now),
        signals: this.#sampler.signals(now),
        activeAt: this.#sampler.activeAt,
        ceiling: null,
      },
      this.#state,
    );
    this.#state = state;
    this.#resize(now, decision.to);
    return decision;
  }

  #resize(now: number, wanted: number): void {
    if (wanted === this.#wanted) return;
    this.tally.move(now, wanted > this.#wanted, this.#scale.window);
    this.#wanted = wanted;
    this.#station.resize(now, wanted);
    this.tally.run(now, this.#station.workers.size);
  }

  /** A request wakes a sleeping pool immediately. It counts as activity, or the next tick would put it to sleep again. */
  #wake(now: number): void {
    this.#state = { ...this.#state, activeAt: now };
    this.#resize(now, 1);
  }
}
