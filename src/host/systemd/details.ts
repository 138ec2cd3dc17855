import { type Bus, BusError } from './bus.ts';
import { invocationOf, type UnitDetails, type UnitRow, unitDetails } from './systemd.ts';

/** Each life is looked for this often, ms, lest a lost signal costs truth. */
const REFRESH_INTERVAL_MS = 30_000;

interface CachedDetails {
  details: UnitDetails;
  /** The row that the details were read beside. */
  row: UnitRow;
}

/** A start is queued, or on its way. Of 200 that start at once, to ask for each at each step costs a second. */
const isStartQueued = ({ active, sub, job }: UnitRow): boolean =>
  job && (active === 'inactive' || active === 'failed' || sub.startsWith('start'));

/** What is there to know before the first process. */
const NOT_STARTED: UnitDetails = {
  ...{ invocation: '', pid: 0, startedAt: 0, restarts: 0, result: 'success', exit: 0 },
  cgroup: '',
};

const sameRow = (a: UnitRow, b: UnitRow): boolean =>
  a.active === b.active && a.sub === b.sub && a.job === b.job;

/** What systemd tells of each unit beside its row in the list, asked for only where something changed. */
export class Details {
  /** By object path. */
  #cache = new Map<string, CachedDetails>();
  /** Units that changed after their details were last asked for. */
  #dirty = new Set<string>();
  #refreshed = 0;
  /** It is time to look for each life again; then what is known of one holds as long as it is the same life. */
  #isRefreshDue = false;

  constructor(readonly bus: Bus) {}

  /** What is known of a unit, by its object path, may be no longer so; null: of any. */
  invalidate(path: string | null): void {
    if (path === null) this.#cache.clear();
    else this.#dirty.add(path);
  }

  /** Of a new list, all of whose rows are asked for next. */
  begin(rows: readonly UnitRow[]): void {
    const there = new Set(rows.map(row => row.path));
    for (const path of this.#cache.keys()) if (!there.has(path)) this.#cache.delete(path);
    const now = performance.now();
    this.#isRefreshDue = now - this.#refreshed > REFRESH_INTERVAL_MS;
    if (this.#isRefreshDue) this.#refreshed = now;
  }

  /** What was last read of a unit. */
  cached(path: string): UnitDetails | null {
    return this.#cache.get(path)?.details ?? null;
  }

  /** Of the unit of a row; null when it was stopped since the list: the next will not have it. Throws BusError. */
  async of(row: UnitRow): Promise<UnitDetails | null> {
    const trusted = this.#trusted(row);
    if (trusted && !this.#isRefreshDue) return trusted;
    if (isStartQueued(row) && !this.#cache.has(row.path)) return NOT_STARTED;
    this.#dirty.delete(row.path);
    try {
      return await this.#read(row, trusted);
    } catch (error) {
      if (error instanceof BusError && error.type !== 'org.cgipool.Deadline') return null;
      throw error;
    }
  }

  /** What is known, as long as it can be trusted. */
  #trusted(row: UnitRow): UnitDetails | null {
    const known = this.#cache.get(row.path);
    return known && !this.#dirty.has(row.path) && sameRow(known.row, row) ? known.details : null;
  }

  async #read(row: UnitRow, trusted: UnitDetails | null): Promise<UnitDetails> {
    if (trusted && (await invocationOf(this.bus, row.path)) === trusted.invocation) return trusted;
    const details = await unitDetails(this.bus, row.path);
    this.#cache.set(row.path, { details, row });
    return details;
  }
}
