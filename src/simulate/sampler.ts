import type { Scale } from '../model/pool.ts';
import { Histogram } from '../scale/histogram.ts';
import { Meter } from '../scale/meter.ts';
import type { Signals } from '../scale/signals.ts';
import type { Station } from './queue/station.ts';

/** Where a pool file asks for no latency, some quantile has to be named. */
const ANY_QUANTILE = 0.95;

/** Looks at a station as the controller looks at a pool, and hears of requests as nginx tells of them. */
export class Sampler {
  #meter: Meter;
  #latencies = new Histogram();
  /** When it last saw or heard of something, ms since the epoch. */
  activeAt = Number.NEGATIVE_INFINITY;
  #sampledAt = Number.NEGATIVE_INFINITY;

  constructor({ stableWindow, panicWindow, latency }: Scale) {
    this.#meter = new Meter({
      stable: stableWindow,
      panic: panicWindow,
      quantile: latency?.quantile ?? ANY_QUANTILE,
    });
  }

  /** A request ended that took so long, ms, its wait included. */
  addRequest(took: number): void {
    this.#latencies.add(took);
  }

  /** Looks, `now` being ms since the epoch; twice at one time is once. */
  sample(now: number, station: Station): void {
    if (now <= this.#sampledAt) return;
    this.#sampledAt = now;
    const latencies = this.#latencies;
    this.#latencies = new Histogram();
    if (station.pending > 0 || latencies.total > 0) this.activeAt = now;
    const told = { count: latencies.total, errors: 0, latencies };
    this.#meter.add({ at: now, instances: station.samples(now), requests: told, external: null });
  }

  /** What the controller would decide by. */
  signals(now: number): Signals {
    return this.#meter.signals(now);
  }
}
