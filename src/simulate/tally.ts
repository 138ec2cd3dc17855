import { Durations } from './durations.ts';
import { Series } from './series.ts';

/** How often the number of instances changed. */
interface Moves {
  ups: number;
  downs: number;
  /** Changes of direction within the window: the earlier change was for nothing. */
  flaps: number;
}

/** Counts what happens in a simulation, in bounded memory. */
export class Tally {
  readonly waits = new Durations();
  readonly responses = new Durations();
  readonly moves: Moves = { ups: 0, downs: 0, flaps: 0 };
  readonly series: Series;
  requests = 0;
  mostWaiting = 0;
  most: number;
  least: number;
  /** Running time of all instances together, ms. */
  instanceTime = 0;
  #instances: number;
  #since: number;
  #lastMove = { at: Number.NEGATIVE_INFINITY, isUp: false };

  /** `start` is ms since the epoch; a point of the series initially covers `step` ms. */
  constructor(start: number, step: number, instances: number) {
    this.series = new Series(start, step);
    this.#since = start;
    this.most = instances;
    this.least = instances;
    this.#instances = instances;
  }

  /** Counts a request; `waiting` includes it if it waits. */
  arrive(at: number, waiting: number): void {
    this.requests += 1;
    this.mostWaiting = Math.max(this.mostWaiting, waiting);
    this.series.arrive(at);
    this.series.wait(at, waiting);
  }

  /** Sets the number of running instances from `now` (ms since the epoch) on. */
  run(now: number, instances: number): void {
    this.series.run(this.#since, now, this.#instances);
    this.instanceTime += (now - this.#since) * this.#instances;
    this.#since = now;
    this.#instances = instances;
    this.most = Math.max(this.most, instances);
    this.least = Math.min(this.least, instances);
  }

  /** Counts a change of the desired number; a change of direction within `window` ms is a flap. */
  move(now: number, isUp: boolean, window: number): void {
    if (isUp) this.moves.ups += 1;
    else this.moves.downs += 1;
    if (isUp !== this.#lastMove.isUp && now - this.#lastMove.at < window) this.moves.flaps += 1;
    this.#lastMove = { at: now, isUp };
  }
}
