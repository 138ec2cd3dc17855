import type { LoadSample, World } from '../plan/world.ts';
import type { Installed } from '../pool/installed.ts';
import { endpoint } from '../pool/names.ts';
import type { Pool } from '../pool/pool.ts';
import { needsTraffic, reachable } from '../pool/traffic.ts';
import { Histogram } from '../scale/histogram.ts';
import { Meter, type Settings } from '../scale/meter.ts';
import type { Told } from '../scale/signals.ts';
import type { Requests } from './observe.ts';

/** Of pools that no latency is to be kept of: what people look at first. */
const USUAL_QUANTILE = 0.95;

const settingsOf = ({ scale }: Pool): Settings => ({
  stable: scale.stableWindow,
  panic: scale.panicWindow,
  quantile: scale.latency?.quantile ?? USUAL_QUANTILE,
});

/** What all slots of a pool were told of; null where nginx does not tell of this pool. */
function toldOf(pool: Pool, requests: Requests): Told | null {
  if (requests === null || !needsTraffic(pool)) return null;
  const all: Told = { count: 0, errors: 0, latencies: new Histogram() };
  for (const slot of reachable(pool)) {
    const told = requests.get(endpoint(pool, slot));
    if (!told) continue;
    all.count += told.count;
    all.errors += told.errors;
    all.latencies.merge(told.latencies);
  }
  return all;
}

/** A meter for each pool. */
export class Meters {
  #meters = new Map<string, { pool: Pool; meter: Meter }>();

  /** What was measured of a pool that stays is kept. */
  follow({ pools }: Pick<Installed, 'pools'>): void {
    const before = this.#meters;
    this.#meters = new Map(
      pools.map(({ pool }) => {
        const meter = before.get(pool.name)?.meter ?? new Meter(settingsOf(pool));
        meter.settings = settingsOf(pool);
        return [pool.name, { pool, meter }];
      }),
    );
  }

  add(
    load: readonly LoadSample[],
    requests: Requests,
    externals: ReadonlyMap<string, number | null>,
    now: number,
  ): void {
    const byPool = new Map<string, LoadSample[]>();
    for (const sample of load) byPool.set(sample.pool, [...(byPool.get(sample.pool) ?? []), sample]);
    for (const [name, { pool, meter }] of this.#meters)
      meter.add({
        at: now,
        instances: byPool.get(name) ?? [],
        told: toldOf(pool, requests),
        external: externals.get(name) ?? null,
      });
  }

  read(now: number): Pick<World, 'signals' | 'activeAt' | 'traffic'> {
    const all = [...this.#meters].map(([name, { meter }]) => ({
      name,
      signals: meter.signals(now),
      activeAt: meter.activeAt,
      traffic: meter.traffic(now),
    }));
    return {
      signals: Object.fromEntries(all.map(({ name, signals }) => [name, signals])),
      activeAt: Object.fromEntries(all.map(({ name, activeAt }) => [name, activeAt])),
      traffic: Object.fromEntries(all.flatMap(({ name, traffic }) => (traffic ? [[name, traffic]] : []))),
    };
  }
}
