import type { Pool } from '../../src/model/pool.ts';
import type { InstanceBounds, Model, Policy } from '../../src/simulate/policy.ts';
import { Random } from '../../src/simulate/random.ts';
import { Simulation } from '../../src/simulate/simulation.ts';
import { pool, scale } from '../plan/pools.ts';

/** A whole second, ms since the epoch. */
export const START = Date.UTC(2026, 9, 10);

export const model = (change: Partial<Model> = {}): Model => ({
  startTime: 500,
  threads: 1,
  cpuShare: 1,
  tick: 5000,
  ...change,
});

/** A policy with Concurrency=1. */
export function policy(
  change: Partial<Pool['scale']>,
  bounds: InstanceBounds = { min: 1, max: 8 },
  boundsAt: (ms: number) => InstanceBounds = () => bounds,
): Policy {
  const wanted = pool({ ...bounds, scale: scale({ cpu: null, concurrency: 1, ...change }) });
  return { name: 'search', file: 'search.pool', pool: wanted, boundsAt };
}

/** A request: its arrival, ms from START, and its service time, ms. */
export type Request = [at: number, service: number];

/** Runs requests through one simulation to its end. */
export function run(
  requests: readonly Request[],
  tried: Policy,
  assumed: Model = model(),
  skips = true,
): Simulation {
  const simulation = new Simulation(tried, assumed, START, skips);
  for (const [at, service] of requests) simulation.arrive(START + at, service);
  simulation.drain();
  simulation.close(simulation.end + 1);
  return simulation;
}

/** Requests at equal distances with equal service times, ms. */
export const steady = (count: number, distance: number, service: number, from = 0): Request[] =>
  Array.from({ length: count }, (_, i): Request => [from + i * distance, service]);

/** A Poisson stream of `rate` requests per second, with random service times. */
export function poisson(count: number, rate: number, draw: (random: Random) => number): Request[] {
  const random = new Random(42);
  let at = 0;
  return Array.from({ length: count }, (): Request => {
    at += random.exponential(1000 / rate);
    return [at, draw(random)];
  });
}
