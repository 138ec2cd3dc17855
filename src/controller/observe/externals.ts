import { readNumber } from '../../host/files/files.ts';
import type { Jobs } from '../../host/systemd/jobs.ts';
import type { Installed } from '../../model/installed.ts';
import { metricName } from '../../model/names.ts';
import { paths } from '../../model/paths.ts';
import type { MetricSource } from '../../model/pool.ts';

/** A file is read each second. A command is a process, and is run as often as a decision is made, ms. */
const READ_INTERVAL_MS: Record<MetricSource['kind'], number> = { file: 1_000, exec: 5_000 };
/** Beyond the unit's own limit, for systemd to end it, ms. */
const COMMAND_TIMEOUT_MS = 10_000;

interface Known {
  value: number | null;
  askedAt: number;
  isAsking: boolean;
}

/** The numbers of Metric=, by pool. */
export class ExternalMetrics {
  #known = new Map<string, Known>();

  constructor(readonly jobs: Jobs) {}

  /** What is known now; asks for what is due. */
  values({ pools }: Installed, now: number): ReadonlyMap<string, number | null> {
    const before = this.#known;
    this.#known = new Map();
    for (const { pool } of pools) {
      const { metric } = pool.scale;
      if (!metric) continue;
      const known = before.get(pool.name) ?? { value: null, askedAt: 0, isAsking: false };
      this.#known.set(pool.name, known);
      if (!known.isAsking && Math.abs(now - known.askedAt) >= READ_INTERVAL_MS[metric.kind])
        void this.#ask(pool.name, metric, known, now);
    }
    return new Map([...this.#known].map(([name, { value }]) => [name, value]));
  }

  async #ask(pool: string, metric: MetricSource, known: Known, now: number): Promise<void> {
    Object.assign(known, { isAsking: true, askedAt: now });
    known.value = await this.#read(pool, metric).catch(() => null);
    known.isAsking = false;
  }

  async #read(pool: string, metric: MetricSource): Promise<number | null> {
    if (metric.kind === 'file') return readNumber(metric.path);
    const result = await this.jobs.run(metricName(pool), COMMAND_TIMEOUT_MS);
    return result === 'done' ? readNumber(`${paths.metrics}/${pool}`) : null;
  }
}
