import type { Installed } from '../../model/installed.ts';
import { endpoint } from '../../model/names.ts';
import type { LoadSample } from '../../model/observed.ts';
import type { Pool } from '../../model/pool.ts';
import { needsTraffic, reachable } from '../../model/traits.ts';
import type { World } from '../../plan/world.ts';
import { Histogram } from '../../scale/histogram.ts';
import { Meter, type Settings } from '../../scale/meter.ts';
import type { RequestStats, Sample } from '../../scale/signals.ts';
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

/** Grouped once: a pass has a thousand samples, of three hundred pools. */
function byPool<T extends { pool: string }>(list: readonly T[]): Map<string, T[]> {
  const found = new Map<string, T[]>();
  for (const one of list) {
    const mine = found.get(one.pool);
    if (mine) mine.push(one);
    else found.set(one.pool, [one]);
  }
  return found;
}

/**
 * Connections of nginx that ended. At a socket file those of probes count too, since the kernel does not tell whose they are.
 */
function endedOf(
  listen: Pool['listen'],
  load: readonly LoadSample[],
  probes: number,
  isWoken: boolean,
): Pick<Sample, 'ended' | 'woken'> {
  const seen = load.reduce((total, sample) => total + (sample.ended ?? 0), 0);
  const woken = isWoken ? 1 : 0;
  return { ended: woken + (listen === 'unix' ? Math.max(0, seen - probes) : seen), woken };
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
    const [load, probes] = [byPool(passed.load), byPool(passed.probes)];
    for (const [name, { pool, meter }] of this.#meters) {
      const mine = load.get(name) ?? [];
      meter.add({
        at: now,
        instances: mine.map(sample => ({ ...sample, serves: serving.has(sample.invocation) })),
        ...endedOf(pool.listen, mine, probes.get(name)?.length ?? 0, passed.woken.has(name)),
        requests: statsOf(pool, requests),
        external: externals.get(name) ?? null,
      });
    }
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
