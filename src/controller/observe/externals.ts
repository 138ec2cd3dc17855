import { type ForeignNumber, readNumber } from '../../host/files/foreign.ts';
import type { Jobs } from '../../host/systemd/jobs.ts';
import type { Installed } from '../../model/installed.ts';
import { metricName } from '../../model/names.ts';
import { paths } from '../../model/paths.ts';
import type { MetricSource, Scale } from '../../model/pool.ts';

/** A file is read each second. A command is a process, and is run as often as a decision is made, ms. */
const READ_INTERVAL_MS: Record<MetricSource['kind'], number> = { file: 1_000, exec: 5_000 };
/** Beyond the unit's own limit, for systemd to end it, ms. */
const COMMAND_TIMEOUT_MS = 10_000;

interface Known {
  number: ForeignNumber | null;
  askedAt: number;
  isAsking: boolean;
}

const nothingKnown = (): Known => ({ number: null, askedAt: 0, isAsking: false });

/**
 * The value, or null once its file was last changed longer than MetricMaxAge= ago. To be asked when it is used, not when it was
 * read: a read from a network file system may hang. A file from the future counts as new.
 */
export function freshValue(
  number: ForeignNumber | null,
  { metric, metricMaxAge }: Pick<Scale, 'metric' | 'metricMaxAge'>,
  now: number,
): number | null {
  if (!number || metric?.kind !== 'file' || metricMaxAge === null) return number?.value ?? null;
  return now - number.modifiedAt <= metricMaxAge ? number.value : null;
}

/** The numbers of Metric=, by pool. */
export class ExternalMetrics {
  #known = new Map<string, Known>();

  constructor(readonly jobs: Jobs) {}

  /** What is known now; asks for what is due. `now`: by the time of day, as files have it. */
  values({ pools }: Installed, now: number): ReadonlyMap<string, number | null> {
    const before = this.#known;
    this.#known = new Map();
    const values = new Map<string, number | null>();
    for (const { pool } of pools) {
      const { metric } = pool.scale;
      if (!metric) continue;
      const known = before.get(pool.name) ?? nothingKnown();
      this.#known.set(pool.name, known);
      values.set(pool.name, freshValue(known.number, pool.scale, now));
      if (!known.isAsking && Math.abs(now - known.askedAt) >= READ_INTERVAL_MS[metric.kind])
        void this.#ask(pool.name, metric, known, now);
    }
    return values;
  }

  async #ask(pool: string, metric: MetricSource, known: Known, now: number): Promise<void> {
    Object.assign(known, { isAsking: true, askedAt: now });
    known.number = await this.#read(pool, metric).catch(() => null);
    known.isAsking = false;
  }

  async #read(pool: string, metric: MetricSource): Promise<ForeignNumber | null> {
    // an administrator named the file, and may have made a link of it
    if (metric.kind === 'file') return readNumber(metric.path, 'are followed');
    const result = await this.jobs.run(metricName(pool), COMMAND_TIMEOUT_MS);
    return result === 'done' ? readNumber(`${paths.metrics}/${pool}`, 'are refused') : null;
  }
}
