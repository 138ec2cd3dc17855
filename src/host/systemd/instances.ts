import { parseSocketName, parseUnitName, parseWakeUnitName } from '../../model/names.ts';
import type { ActiveState, Need, Unit, WakeSocket } from '../../model/observed.ts';
import { NGINX_UNIT, PUBLISH_UNIT } from '../../model/services.ts';
import type { Bus } from './bus.ts';
import { Details } from './details.ts';
import { listUnits, type UnitRow, watchUnits } from './systemd.ts';

/** How often to list all units again without a signal, in case one was lost. */
const RELIST_INTERVAL_MS = 5_000;

/** Escaped paths of instances, wake units, the publish step and nginx. Probes report through their jobs, ticks by a call. */
const WATCHED_PATH =
  /\/nginx_2eservice$|\/cgipool_2d(?:[a-z0-9_]+(?<!_2eprobe)_40\d+_2e(?:service|socket)|publish_2eservice|[a-z0-9_]+_2ewake_2e(?:socket|service))$/;

interface UnitsSnapshot {
  units: Unit[];
  wakeSockets: WakeSocket[];
  /** The publish step is running or queued. */
  publishing: boolean;
  /** State of nginx.service; null when systemd has no such unit. */
  nginx: ActiveState | null;
  /** The units that pools require; those that systemd has not loaded are missing. */
  needs: ReadonlyMap<string, Need>;
}

/** The instances that systemd has loaded, with details read only after a change. */
export class Instances {
  readonly #details: Details;
  /** Object path by unit name, as last listed. */
  #paths = new Map<string, string>();
  /** What was last listed, and when; null when something may have changed since. */
  #last: { at: number; seen: UnitsSnapshot } | null = null;
  /** Signals so far. */
  #signals = 0;
  #needed: readonly string[] = [];

  constructor(readonly bus: Bus) {
    this.#details = new Details(bus);
  }

  /** Names the units that pools require. */
  require(units: readonly string[]): void {
    this.#needed = units;
    this.expectChange();
  }

  /** Calls `wake` whenever one of cgipool's units may have changed. */
  async watch(wake: () => void): Promise<void> {
    await watchUnits(this.bus, path => {
      if (path !== null && !WATCHED_PATH.test(path)) return;
      this.#details.invalidate(path);
      this.expectChange();
      wake();
    });
  }

  /** Makes the next list() ask systemd: an action was just requested, and its signals may not have arrived. */
  expectChange(): void {
    this.#signals++;
    this.#last = null;
  }

  /** Every loaded instance of every pool, and whether the publish step runs. */
  async list(): Promise<UnitsSnapshot> {
    const [at, signals] = [performance.now(), this.#signals];
    if (this.#last && at - this.#last.at < RELIST_INTERVAL_MS) return this.#last.seen;
    const seen = await this.#list();
    // a signal in the meantime may be about a newer change
    if (signals === this.#signals) this.#last = { at, seen };
    return seen;
  }

  async #list(): Promise<UnitsSnapshot> {
    const rows = await listUnits(this.bus, [
      'cgipool-*@*.service',
      'cgipool-*@*.socket',
      'cgipool-*.wake.*',
      PUBLISH_UNIT,
      NGINX_UNIT,
      ...this.#needed,
    ]);
    this.#details.begin(rows);
    this.#paths = new Map(rows.map(row => [row.name, row.path]));
    const sockets = socketsOf(rows);
    const units = await Promise.all(rows.map(row => this.#read(row, sockets)));
    const step = rows.find(row => row.name === PUBLISH_UNIT);
    return {
      units: units.filter(unit => unit !== null),
      wakeSockets: wakeSocketsOf(rows),
      publishing: step?.active === 'activating' || step?.job === true,
      nginx: rows.find(row => row.name === NGINX_UNIT && row.load === 'loaded')?.active ?? null,
      needs: needsOf(rows.filter(({ name }) => this.#needed.includes(name))),
    };
  }

  /** The cgroup of an instance's current life, or null. */
  cgroup(unit: string): string | null {
    const path = this.#paths.get(unit);
    return (path !== undefined && this.#details.cached(path)?.cgroup) || null;
  }

  async #read(row: UnitRow, sockets: SocketStates): Promise<Unit | null> {
    const id = parseUnitName(row.name);
    const details = id && (await this.#details.of(row));
    if (!id || !details) return null;
    const { cgroup: _, ...rest } = details;
    const socket = sockets.get(`${id.pool}@${id.slot}`);
    const listening = { held: socket === 'active', socketFailed: socket === 'failed' };
    return { ...id, active: row.active, sub: row.sub, job: row.job, ...listening, ...rest };
  }
}

/** By `search@8000`: the state of the instance's socket unit. */
type SocketStates = ReadonlyMap<string, ActiveState>;

const socketsOf = (rows: readonly UnitRow[]): SocketStates =>
  new Map(
    rows.flatMap(({ name, active }) => {
      const id = parseSocketName(name);
      return id ? [[`${id.pool}@${id.slot}`, active] as const] : [];
    }),
  );

/** One that is to stop or to be restarted takes the instances with it. */
const isGoing = ({ jobType }: UnitRow): boolean => jobType === 'stop' || jobType === 'restart';

function needOf(row: UnitRow): Need {
  if (row.active === 'failed') return 'failed';
  return row.active === 'inactive' || row.active === 'deactivating' || isGoing(row) ? 'down' : 'up';
}

const needsOf = (rows: readonly UnitRow[]): Map<string, Need> =>
  new Map(rows.map(row => [row.name, needOf(row)]));

const UP = new Set<ActiveState>(['active', 'activating', 'reloading', 'deactivating']);

/** A wake socket is two units: the socket, and the service that systemd starts for a request. */
function wakeSocketsOf(rows: readonly UnitRow[]): WakeSocket[] {
  const found = new Map<string, WakeSocket>();
  for (const row of rows) {
    const id = parseWakeUnitName(row.name);
    if (!id) continue;
    const socket = found.get(id.pool) ?? { pool: id.pool, listening: false, hasRequest: false, job: false };
    found.set(id.pool, socket);
    if (id.kind === 'service') socket.hasRequest = UP.has(row.active);
    else Object.assign(socket, { listening: row.active === 'active', job: row.job });
  }
  return [...found.values()];
}
