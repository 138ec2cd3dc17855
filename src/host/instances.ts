import type { ActiveState, Doorbell, Unit } from '../plan/world.ts';
import { parseDoorbellName, parseSocketName, parseUnitName } from '../pool/names.ts';
import { type Bus, BusError } from './bus.ts';
import { NGINX_UNIT, PUBLISH_UNIT } from './paths.ts';
import {
  invocationOf,
  listUnits,
  type UnitDetails,
  type UnitRow,
  unitDetails,
  watchUnits,
} from './systemd.ts';

/** Without a signal all is listed anew this often, ms, and each life looked for, lest a lost signal costs truth. */
const RELIST = 5_000;
const REFRESH = 30_000;

interface Known {
  details: UnitDetails;
  /** The row that the details were read beside. */
  row: UnitRow;
}

/** A start is queued, or on its way. Of 200 that start at once, to ask for each at each step costs a second. */
const isToCome = ({ active, sub, job }: UnitRow): boolean =>
  job && (active === 'inactive' || active === 'failed' || sub.startsWith('start'));

/** What is there to know before the first process. */
const UNBORN: UnitDetails = {
  ...{ invocation: '', pid: 0, startedAt: 0, restarts: 0, result: 'success', exit: 0 },
  cgroup: '',
};

const sameRow = (a: UnitRow, b: UnitRow): boolean =>
  a.active === b.active && a.sub === b.sub && a.job === b.job;

/** Instances and the publish step, as D-Bus spells their paths; a probe's unit tells by its job, and a tick calls. */
const CONCERNS =
  /\/cgipool_2d(?:[a-z0-9_]+(?<!_2eprobe)_40\d+_2e(?:service|socket)|publish_2eservice|[a-z0-9_]+_2ewake_2e(?:socket|service))$/;

export interface Seen {
  units: Unit[];
  doorbells: Doorbell[];
  /** The publish step is running or about to. */
  publishing: boolean;
}

/** The instances that systemd has, with details read only where something changed. */
export class Instances {
  #known = new Map<string, Known>();
  /** Object path by unit name, as last listed. */
  #paths = new Map<string, string>();
  /** Units that changed after their details were last asked for. */
  #dirty = new Set<string>();
  #refreshed = 0;
  /** What was last listed, and when; null when something may have changed since. */
  #last: { at: number; seen: Seen } | null = null;
  /** Signals so far. */
  #signals = 0;
  /** nginx.service as last listed; null where systemd has no such unit. */
  nginx: ActiveState | null = null;

  constructor(readonly bus: Bus) {}

  /** Calls `wake` whenever a unit of ours may have changed. */
  async watch(wake: () => void): Promise<void> {
    await watchUnits(this.bus, path => {
      if (path === null) this.#known.clear();
      else if (!CONCERNS.test(path)) return;
      else this.#dirty.add(path);
      this.expectChange();
      wake();
    });
  }

  /** Whoever has just asked systemd for something wants to see it, though no signal tells of it yet. */
  expectChange(): void {
    this.#signals++;
    this.#last = null;
  }

  /** Every loaded instance of every pool, and whether the publish step runs. */
  async list(): Promise<Seen> {
    const [at, signals] = [performance.now(), this.#signals];
    if (this.#last && at - this.#last.at < RELIST) return this.#last.seen;
    const seen = await this.#list();
    // a signal meanwhile may have told of something newer
    if (signals === this.#signals) this.#last = { at, seen };
    return seen;
  }

  async #list(): Promise<Seen> {
    const rows = await listUnits(this.bus, [
      'cgipool-*@*.service',
      'cgipool-*@*.socket',
      'cgipool-*.wake.*',
      PUBLISH_UNIT,
      NGINX_UNIT,
    ]);
    this.#forget(rows);
    this.#paths = new Map(rows.map(row => [row.name, row.path]));
    const sockets = socketsOf(rows);
    const isDue = this.#isDue();
    const units = await Promise.all(rows.map(row => this.#read(row, sockets, isDue)));
    this.nginx = rows.find(row => row.name === NGINX_UNIT && row.load === 'loaded')?.active ?? null;
    const step = rows.find(row => row.name === PUBLISH_UNIT);
    return {
      units: units.filter(unit => unit !== null),
      doorbells: doorbellsOf(rows),
      publishing: step?.active === 'activating' || step?.job === true,
    };
  }

  /** The cgroup of an instance's present life, or null. */
  cgroup(unit: string): string | null {
    const path = this.#paths.get(unit);
    return (path !== undefined && this.#known.get(path)?.details.cgroup) || null;
  }

  #forget(rows: readonly UnitRow[]): void {
    const there = new Set(rows.map(row => row.path));
    for (const path of this.#known.keys()) if (!there.has(path)) this.#known.delete(path);
  }

  /** Whether it is time to look for each life again; then what is known of one holds as long as it is the same life. */
  #isDue(): boolean {
    const now = performance.now();
    const isDue = now - this.#refreshed > REFRESH;
    if (isDue) this.#refreshed = now;
    return isDue;
  }

  async #read(row: UnitRow, sockets: Sockets, isDue: boolean): Promise<Unit | null> {
    const id = parseUnitName(row.name);
    const details = id && (await this.#details(row, isDue));
    if (!id || !details) return null;
    const { cgroup: _, ...rest } = details;
    const socket = sockets.get(`${id.pool}@${id.slot}`);
    const listening = { held: socket === 'active', socketFailed: socket === 'failed' };
    return { ...id, active: row.active, job: row.job, ...listening, ...rest };
  }

  /** What is known, as long as it can be trusted. */
  #trusted(row: UnitRow): UnitDetails | null {
    const known = this.#known.get(row.path);
    return known && !this.#dirty.has(row.path) && sameRow(known.row, row) ? known.details : null;
  }

  async #details(row: UnitRow, isDue: boolean): Promise<UnitDetails | null> {
    const trusted = this.#trusted(row);
    if (trusted && !isDue) return trusted;
    if (isToCome(row) && !this.#known.has(row.path)) return UNBORN;
    this.#dirty.delete(row.path);
    try {
      if (trusted && (await invocationOf(this.bus, row.path)) === trusted.invocation) return trusted;
      const details = await unitDetails(this.bus, row.path);
      this.#known.set(row.path, { details, row });
      return details;
    } catch (error) {
      // stopped between the list and now: the next look will not list it
      if (error instanceof BusError && error.type !== 'org.cgipool.Deadline') return null;
      throw error;
    }
  }
}

/** By `search@8000`: the state of the socket that systemd holds for the instance. */
type Sockets = ReadonlyMap<string, ActiveState>;

const socketsOf = (rows: readonly UnitRow[]): Sockets =>
  new Map(
    rows.flatMap(({ name, active }) => {
      const id = parseSocketName(name);
      return id ? [[`${id.pool}@${id.slot}`, active] as const] : [];
    }),
  );

const UP = new Set<ActiveState>(['active', 'activating', 'reloading', 'deactivating']);

/** A doorbell is two units: the socket that systemd holds, and the service that it starts for whoever rings. */
function doorbellsOf(rows: readonly UnitRow[]): Doorbell[] {
  const found = new Map<string, Doorbell>();
  for (const row of rows) {
    const id = parseDoorbellName(row.name);
    if (!id) continue;
    const bell = found.get(id.pool) ?? { pool: id.pool, listening: false, rung: false, job: false };
    found.set(id.pool, bell);
    if (id.kind === 'service') bell.rung = UP.has(row.active);
    else Object.assign(bell, { listening: row.active === 'active', job: row.job });
  }
  return [...found.values()];
}
