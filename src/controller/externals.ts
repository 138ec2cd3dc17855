import type { Jobs } from '../host/jobs.ts';
import { readNumber } from '../host/number.ts';
import { paths } from '../host/paths.ts';
import type { Installed } from '../pool/installed.ts';
import { metricName } from '../pool/names.ts';
import type { Gauge } from '../pool/pool.ts';

/** A file is read each second. A command is a process, and is run as often as a decision is made, ms. */
const EVERY: Record<Gauge['kind'], number> = { file: 1_000, exec: 5_000 };
/** Beyond the unit's own limit, for systemd to end it, ms. */
const PATIENCE = 10_000;

interface Known {
  value: number | null;
  askedAt: number;
  isAsking: boolean;
}

/** The numbers of Metric=, by pool. */
export class Externals {
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
      if (!known.isAsking && Math.abs(now - known.askedAt) >= EVERY[metric.kind])
        void this.#ask(pool.name, metric, known, now);
    }
    return new Map([...this.#known].map(([name, { value }]) => [name, value]));
  }

  async #ask(pool: string, metric: Gauge, known: Known, now: number): Promise<void> {
    Object.assign(known, { isAsking: true, askedAt: now });
    known.value = await this.#read(pool, metric).catch(() => null);
    known.isAsking = false;
  }

  async #read(pool: string, metric: Gauge): Promise<number | null> {
    if (metric.kind === 'file') return readNumber(metric.path);
    const result = await this.jobs.run(metricName(pool), PATIENCE);
    return result === 'done' ? readNumber(`${paths.metrics}/${pool}`) : null;
  }
}
