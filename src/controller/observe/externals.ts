import { epochOfClock, monotonic } from '../../host/clock.ts';
import { type ForeignNumber, readNumber } from '../../host/files/foreign.ts';
import type { Jobs } from '../../host/systemd/jobs.ts';
import type { Installed } from '../../model/installed.ts';
import { metricName } from '../../model/names.ts';
import { paths } from '../../model/paths.ts';
import type { MetricSource, Scale } from '../../model/pool.ts';

/** A file is read every second; a command, which costs a process, once per tick, ms. */
const READ_INTERVAL_MS: Record<MetricSource['kind'], number> = { file: 1_000, exec: 5_000 };
/** Longer than the unit's own limit, so that systemd ends it first, ms. */
const COMMAND_TIMEOUT_MS = 10_000;

interface MetricState {
  number: ForeignNumber | null;
  /** When the file was last seen to change, ms of the monotonic clock. */
  changedAt: number;
  readAt: number;
  isReading: boolean;
}

const nothingRead = (): MetricState => ({ number: null, changedAt: 0, readAt: 0, isReading: false });

/**
 * The value, or null if its file has not changed for MetricMaxAge=. To be called when the value is used rather than when it was read,
 * as a later read from a network file system may hang.
 */
export function freshValue(
  { number, changedAt }: Pick<MetricState, 'number' | 'changedAt'>,
  { metric, metricMaxAge }: Pick<Scale, 'metric' | 'metricMaxAge'>,
  now: number,
): number | null {
  if (!number || metric?.kind !== 'file' || metricMaxAge === null) return number?.value ?? null;
  return now - changedAt <= metricMaxAge ? number.value : null;
}

/** When a file that was just read changed; a time in the future counts as new. On the monotonic clock, as the time of day may leap. */
export function changeOf(
  number: ForeignNumber | null,
  before: Pick<MetricState, 'number' | 'changedAt'>,
  now: number,
  epoch: number,
): number {
  if (number === null || number.modifiedAt === before.number?.modifiedAt) return before.changedAt;
  return Math.min(now, number.modifiedAt - epoch);
}

/** The values of Metric=, by pool. */
export class ExternalMetrics {
  #states = new Map<string, MetricState>();

  constructor(readonly jobs: Jobs) {}

  /** The last values; starts the reads that are due. */
  values({ pools }: Installed, now: number): ReadonlyMap<string, number | null> {
    const before = this.#states;
    this.#states = new Map();
    const values = new Map<string, number | null>();
    for (const { pool } of pools) {
      const { metric } = pool.scale;
      if (!metric) continue;
      const state = before.get(pool.name) ?? nothingRead();
      this.#states.set(pool.name, state);
      values.set(pool.name, freshValue(state, pool.scale, now));
      if (!state.isReading && now - state.readAt >= READ_INTERVAL_MS[metric.kind])
        void this.#update(pool.name, metric, state, now);
    }
    return values;
  }

  async #update(pool: string, metric: MetricSource, state: MetricState, now: number): Promise<void> {
    Object.assign(state, { isReading: true, readAt: now });
    const number = await this.#read(pool, metric).catch(() => null);
    state.changedAt = changeOf(number, state, monotonic(), epochOfClock());
    state.number = number;
    state.isReading = false;
  }

  async #read(pool: string, metric: MetricSource): Promise<ForeignNumber | null> {
    // an administrator named the file, and may have made a link of it
    if (metric.kind === 'file') return readNumber(metric.path, 'are followed');
    const result = await this.jobs.run(metricName(pool), COMMAND_TIMEOUT_MS);
    return result === 'done' ? readNumber(`${paths.metrics}/${pool}`, 'are refused') : null;
  }
}
