import { readNumber } from '../../host/files/files.ts';
import type { Jobs } from '../../host/systemd/jobs.ts';
import type { Installed } from '../../model/installed.ts';
import { metricName } from '../../model/names.ts';
import { paths } from '../../model/paths.ts';
import type { MetricSource } from '../../model/pool.ts';

/** A file is read every second; a command, which costs a process, once per tick, ms. */
const READ_INTERVAL_MS: Record<MetricSource['kind'], number> = { file: 1_000, exec: 5_000 };
/** Longer than the unit's own limit, so that systemd ends it first, ms. */
const COMMAND_TIMEOUT_MS = 10_000;

interface MetricState {
  value: number | null;
  readAt: number;
  isReading: boolean;
}

/** The values of Metric=, by pool. */
export class ExternalMetrics {
  #states = new Map<string, MetricState>();

  constructor(readonly jobs: Jobs) {}

  /** The last values; starts the reads that are due. */
  values({ pools }: Installed, now: number): ReadonlyMap<string, number | null> {
    const before = this.#states;
    this.#states = new Map();
    for (const { pool } of pools) {
      const { metric } = pool.scale;
      if (!metric) continue;
      const state = before.get(pool.name) ?? { value: null, readAt: 0, isReading: false };
      this.#states.set(pool.name, state);
      if (!state.isReading && Math.abs(now - state.readAt) >= READ_INTERVAL_MS[metric.kind])
        void this.#update(pool.name, metric, state, now);
    }
    return new Map([...this.#states].map(([name, { value }]) => [name, value]));
  }

  async #update(pool: string, metric: MetricSource, state: MetricState, now: number): Promise<void> {
    Object.assign(state, { isReading: true, readAt: now });
    state.value = await this.#read(pool, metric).catch(() => null);
    state.isReading = false;
  }

  async #read(pool: string, metric: MetricSource): Promise<number | null> {
    if (metric.kind === 'file') return readNumber(metric.path);
    const result = await this.jobs.run(metricName(pool), COMMAND_TIMEOUT_MS);
    return result === 'done' ? readNumber(`${paths.metrics}/${pool}`) : null;
  }
}
