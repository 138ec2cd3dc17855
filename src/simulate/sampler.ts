import type { Scale } from '../model/pool.ts';
import { Histogram } from '../scale/histogram.ts';
import { Meter } from '../scale/meter.ts';
import type { Signals } from '../scale/signals.ts';
import type { Station } from './queue/station.ts';

/** The meter needs a quantile even when the pool file has no Latency=. */
const ANY_QUANTILE = 0.95;

/** Samples a station as the controller samples a pool, and collects request times as nginx reports them. */
export class Sampler {
  #meter: Meter;
  #latencies = new Histogram();
  /** When there was last a request, ms since the epoch. */
  activeAt = Number.NEGATIVE_INFINITY;
  #sampledAt = Number.NEGATIVE_INFINITY;

  constructor({ stableWindow, panicWindow, latency }: Scale) {
    this.#meter = new Meter({
      stable: stableWindow,
      panic: panicWindow,
      quantile: latency?.quantile ?? ANY_QUANTILE,
    });
  }

  /** Adds a request that ended; `took` includes its wait, ms. */
  addRequest(took: number): void {
    this.#latencies.add(took);
  }

  /** Takes a sample, at most one for each time; `now` is ms since the epoch. */
  sample(now: number, station: Station): void {
    if (now <= this.#sampledAt) return;
    this.#sampledAt = now;
    const latencies = this.#latencies;
    this.#latencies = new Histogram();
    if (station.pending > 0 || latencies.total > 0) this.activeAt = now;
    const requests = { count: latencies.total, errors: 0, latencies };
    this.#meter.add({
      at: now,
      instances: station.samples(now),
      ended: 0,
      woken: 0,
      requests,
      external: null,
    });
  }

  /** The input of the controller's decision. */
  signals(now: number): Signals {
    return this.#meter.signals(now);
  }
}
