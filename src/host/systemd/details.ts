import { type Bus, BusError } from './bus.ts';
import { invocationOf, type UnitDetails, type UnitRow, unitDetails } from './systemd.ts';

/** How often to check that each unit is still in the same life, in case a signal was lost. */
const REFRESH_INTERVAL_MS = 30_000;

interface CachedDetails {
  details: UnitDetails;
  /** The row that the details belong to. */
  row: UnitRow;
}

/** A start is queued or under way. When 200 units start together, asking for each at every step takes a second. */
const isStartQueued = ({ active, sub, job }: UnitRow): boolean =>
  job && (active === 'inactive' || active === 'failed' || sub.startsWith('start'));

/** Details of a unit before its first process. */
const NOT_STARTED: UnitDetails = {
  ...{ invocation: '', pid: 0, uid: null, startedAt: 0, restarts: 0, result: 'success', exit: 0 },
  cgroup: '',
};

const sameRow = (a: UnitRow, b: UnitRow): boolean =>
  a.active === b.active && a.sub === b.sub && a.job === b.job;

/** The properties of units beyond their rows in the list, read only after a change. */
export class Details {
  /** By object path. */
  #cache = new Map<string, CachedDetails>();
  /** Units that changed after their details were last read. */
  #dirty = new Set<string>();
  #refreshed = 0;
  /** The InvocationIDs must be checked again; details stay valid within the same life. */
  #isRefreshDue = false;

  constructor(readonly bus: Bus) {}

  /** Marks the details of a unit, by its object path, as outdated; null: of all units. */
  invalidate(path: string | null): void {
    if (path === null) this.#cache.clear();
    else this.#dirty.add(path);
  }

  /** Begins a new list of units; `of` is called next for each of its rows. */
  begin(rows: readonly UnitRow[]): void {
    const there = new Set(rows.map(row => row.path));
    for (const path of this.#cache.keys()) if (!there.has(path)) this.#cache.delete(path);
    const now = performance.now();
    this.#isRefreshDue = now - this.#refreshed > REFRESH_INTERVAL_MS;
    if (this.#isRefreshDue) this.#refreshed = now;
  }

  /** The details last read of a unit. */
  cached(path: string): UnitDetails | null {
    return this.#cache.get(path)?.details ?? null;
  }

  /** The details of a row's unit; null when it was unloaded since the list was made. Throws BusError. */
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

  /** The cached details, if nothing has changed since. */
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
