import type { Installed } from '../../model/installed.ts';
import { endpoint } from '../../model/names.ts';
import type { Pool } from '../../model/pool.ts';
import { needsTraffic, reachable } from '../../model/traits.ts';
import type { World } from '../../plan/world.ts';
import { Histogram } from '../../scale/histogram.ts';
import { Meter, type Settings } from '../../scale/meter.ts';
import type { InstanceSample, RequestStats, Sample } from '../../scale/signals.ts';
import type { StatsByEndpoint } from './observe.ts';

/** For pools without Latency=: shown to people only. */
const USUAL_QUANTILE = 0.95;

const settingsOf = ({ scale }: Pool): Settings => ({
  stable: scale.stableWindow,
  panic: scale.panicWindow,
  quantile: scale.latency?.quantile ?? USUAL_QUANTILE,
});

/** What a pass shows of connections. */
interface Passed extends Pick<World, 'load' | 'probes'> {
  /** Pools whose requests at the wake socket were answered since the last pass. */
  woken: ReadonlySet<string>;
}

/**
 * Connections of nginx that ended. At a socket file those of probes count too, since the kernel does not tell whose they are.
 */
function endedOf({ name, listen }: Pool, { load, probes, woken }: Passed): Pick<Sample, 'ended' | 'woken'> {
  const mine = <T extends { pool: string }>(list: readonly T[]): T[] =>
    list.filter(({ pool }) => pool === name);
  const seen = mine(load).reduce((total, sample) => total + (sample.ended ?? 0), 0);
  const ended = listen === 'unix' ? Math.max(0, seen - mine(probes).length) : seen;
  const waking = woken.has(name) ? 1 : 0;
  return { ended: ended + waking, woken: waking };
}

/** People read status no faster, ms. */
const TRAFFIC_INTERVAL_MS = 1_000;

/** The request statistics of all slots of a pool; null if nginx does not log this pool. */
function statsOf(pool: Pool, requests: StatsByEndpoint): RequestStats | null {
  if (requests === null || !needsTraffic(pool)) return null;
  const all: RequestStats = { count: 0, errors: 0, latencies: new Histogram() };
  for (const slot of reachable(pool)) {
    const stats = requests.get(endpoint(pool, slot));
    if (!stats) continue;
    all.count += stats.count;
    all.errors += stats.errors;
    all.latencies.merge(stats.latencies);
  }
  return all;
}

/** A meter for each pool. */
export class Meters {
  #meters = new Map<string, { pool: Pool; meter: Meter }>();
  #traffic: World['traffic'] = {};
  #trafficAt = 0;

  /** Keeps the measurements of pools that stay. */
  setPools({ pools }: Pick<Installed, 'pools'>): void {
    const before = this.#meters;
    this.#meters = new Map(
      pools.map(({ pool }) => {
        const meter = before.get(pool.name)?.meter ?? new Meter(settingsOf(pool));
        meter.settings = settingsOf(pool);
        return [pool.name, { pool, meter }];
      }),
    );
  }

  /** `serving`: the lives whose load counts. */
  add(
    passed: Passed,
    serving: ReadonlySet<string>,
    requests: StatsByEndpoint,
    externals: ReadonlyMap<string, number | null>,
    now: number,
  ): void {
    const byPool = new Map<string, InstanceSample[]>();
    for (const sample of passed.load)
      byPool.set(sample.pool, [
        ...(byPool.get(sample.pool) ?? []),
        { ...sample, serves: serving.has(sample.invocation) },
      ]);
    for (const [name, { pool, meter }] of this.#meters)
      meter.add({
        at: now,
        instances: byPool.get(name) ?? [],
        ...endedOf(pool, passed),
        requests: statsOf(pool, requests),
        external: externals.get(name) ?? null,
      });
  }

  /** For the decisions of a tick. */
  signals(now: number): Pick<World, 'signals' | 'activeAt'> {
    const all = [...this.#meters];
    return {
      signals: Object.fromEntries(all.map(([name, { meter }]) => [name, meter.signals(now)])),
      activeAt: Object.fromEntries(all.map(([name, { meter }]) => [name, meter.activeAt])),
    };
  }

  /** Pools of which nginx does not report all requests. */
  unheard(): World['unheard'] {
    return Object.fromEntries(
      [...this.#meters].flatMap(([name, { meter }]) => (meter.unheard ? [[name, meter.unheard]] : [])),
    );
  }

  /** For status, at most once a second. */
  traffic(now: number): World['traffic'] {
    if (Math.abs(now - this.#trafficAt) >= TRAFFIC_INTERVAL_MS) {
      this.#trafficAt = now;
      const all = [...this.#meters].flatMap(([name, { meter }]) => {
        const traffic = meter.traffic(now);
        return traffic ? [[name, traffic] as const] : [];
      });
      this.#traffic = Object.fromEntries(all);
    }
    return this.#traffic;
  }
}
