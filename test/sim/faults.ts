import type { InstalledPool } from '../../src/model/installed.ts';
import { unitName } from '../../src/model/names.ts';
import type { Behaviour, Worker } from '../plan/fake-worker.ts';
import type { SimController } from './controller.ts';
import type { Stage } from './stage.ts';

/** What faults can change. */
export interface Scene extends Stage {
  readonly controller: SimController;
  /** All pools, freshly installed. */
  all: () => { pools: InstalledPool[] };
  /** How the next lives of each pool behave. */
  /** Somebody removes its socket file. */
  removeSocket: (unit: { pool: string; slot: number }) => void;
  readonly regimes: Map<string, () => Behaviour>;
}

type Fault = (sim: Scene) => void;

const worker = ({ fake, random }: Scene): Worker | undefined => random.pick([...fake.workers.values()]);
const aPool = ({ installed, random }: Scene): InstalledPool | undefined => random.pick(installed.pools);

const kill: Fault = sim => worker(sim)?.die(sim.fake.now);

const killAll: Fault = sim => {
  for (const each of sim.fake.workers.values()) each.die(sim.fake.now);
};

const hang: Fault = sim => {
  const found = worker(sim);
  if (found) found.behaviour = sim.random.pick(['hangs', 'freezes', 'overloaded', 'well'] as const) ?? 'well';
};

const hangAll: Fault = sim => {
  const name = aPool(sim)?.pool.name;
  const how = sim.random.pick(['hangs', 'freezes'] as const) ?? 'hangs';
  for (const each of sim.fake.alive()) if (each.unit.pool === name) each.behaviour = how;
};

/** A bad version or a broken database, or its end: how the lives of a pool behave from now on. */
const regime: Fault = sim => {
  const name = aPool(sim)?.pool.name;
  const bad: Behaviour[] = ['hangs', 'freezes', 'never-ready', 'crashes', 'crashes-late', 'missing', 'slow'];
  const one = sim.random.pick(bad) ?? 'well';
  const share = sim.random.pick([0, 0, 0, 0.2, 1]) ?? 0;
  if (name) sim.regimes.set(name, () => (sim.random.chance(share) ? one : 'well'));
};

/** Another program takes a port, where nothing runs. */
const stranger: Fault = sim => {
  const slot = sim.random.pick(aPool(sim)?.pool.slots ?? []);
  const busy = [...sim.fake.workers.values()].some(w => w.unit.slot === slot);
  if (slot === undefined || busy || sim.fake.strangers.delete(slot)) return;
  sim.fake.strangers.add(slot);
};

/** Another program listens in an instance's place. */
const impersonate: Fault = sim => {
  const found = worker(sim)?.unit;
  const { strangers } = sim.surroundings;
  const { listen, activated } = sim.installed.pools.find(({ pool }) => pool.name === found?.pool)?.pool ?? {};
  if (strangers.size > 0) strangers.clear();
  else if (found && listen === 'tcp' && !activated)
    strangers.set(unitName(found.pool, found.slot), 'mallory');
};

/** systemd refuses one unit, or polkit all starts. */
const refuse: Fault = sim => {
  const { surroundings, random } = sim;
  const found = aPool(sim);
  surroundings.isDenied = random.chance(0.2);
  if (surroundings.masked.size > 1) surroundings.masked.clear();
  else if (found) surroundings.masked.add(unitName(found.pool.name, random.pick(found.pool.slots) ?? 0));
};

/** A unit that a pool requires. */
const need: Fault = ({ surroundings, random }) => {
  for (const unit of surroundings.needs.keys())
    surroundings.needs.set(unit, random.pick(['up', 'up', 'down', 'failed'] as const) ?? 'up');
};

/** A cleaner removes socket files; a worker makes a new one as it starts. */
const clean: Fault = sim => {
  const found = worker(sim);
  if (found) sim.removeSocket(found.unit);
};

const schedule: Fault = sim => {
  const name = aPool(sim)?.pool.name ?? '';
  if (!sim.surroundings.scheduled.delete(name)) sim.surroundings.scheduled.add(name);
};

const memory: Fault = ({ surroundings, random }) => {
  surroundings.ceiling = random.chance(0.3) ? 'there is no memory left' : null;
};

const load: Fault = sim => {
  const { load: all, random } = sim;
  const name = aPool(sim)?.pool.name ?? '';
  all.amounts.set(name, random.chance(0.3) ? 0 : 40 * random.next() ** 3);
  all.unknown.delete(name);
  if (random.chance(0.1)) all.unknown.add(name);
};

const stopByHand: Fault = sim => {
  const found = worker(sim);
  found?.stop(sim.fake.now);
  sim.oracle.credit(found?.unit.pool, 1);
};

const startByHand: Fault = sim => {
  const { pool } = aPool(sim) ?? {};
  const slot = sim.random.pick(pool?.slots ?? []);
  if (pool && slot !== undefined) sim.fake.start(pool.name, slot);
};

const publishing: Fault = sim => {
  const fate = sim.random.pick(['arrives', 'arrives', 'fails', 'dies'] as const) ?? 'arrives';
  sim.fake.nginx.fate = () => fate;
};

/** Requests for every pool, asleep or not. */
const requests: Fault = sim => {
  for (const { pool } of sim.installed.pools) sim.fake.request(pool.name);
  for (const each of sim.fake.alive()) each.requests = sim.random.chance(0.3) ? 1 : 0;
};

const connections: Fault = sim => {
  const found = worker(sim);
  if (!found) return;
  found.connections = sim.random.chance(0.5) ? 0 : sim.random.between(1, 9);
  // otherwise they all wait to be accepted
  found.oldest = found.connections > 0 && sim.random.chance(0.8) ? sim.random.between(0, 60_000) : null;
};

const command: Fault = sim => {
  const name = aPool(sim)?.pool;
  if (!name) return;
  const pool = name.name;
  const min = sim.random.between(1, name.slots.length);
  const max = sim.random.between(min, name.slots.length);
  const kind = sim.random.pick(['scale', 'scale', 'auto', 'restart', 'start', 'start', 'stop'] as const);
  if (kind === 'scale' || kind === 'auto')
    sim.controller.order({ kind: 'scale', pool, range: kind === 'auto' ? null : { min, max } });
  else if (kind) sim.controller.order({ kind, pool });
};

/** `cgipool install` of a new revision. */
const change: Fault = sim => {
  const found = aPool(sim);
  if (found) found.revision = sim.fake.now;
};

const uninstallOne: Fault = sim => {
  const [first, ...rest] = sim.installed.pools;
  if (first && rest.length > 0) sim.installed = { pools: rest };
  else sim.installed = sim.all();
  sim.oracle.credit(undefined, 20);
};

const reboot: Fault = sim => {
  sim.fake.workers.clear();
  sim.fake.nginx.published = null;
  sim.controller.kill(true);
  sim.oracle.credit(undefined, 20);
};

/** Somebody, or NTP, sets the clock. */
const leap: Fault = ({ fake, random }) => {
  const by = random.pick([1, 60, 3_600, 86_400, 31_557_600]) ?? 1;
  fake.epoch = random.chance(0.1) ? 0 : fake.epoch + (random.chance(0.5) ? by : -by) * 1_000;
};

/** The controller gets no time for a while: its clock seems to leap. */
const stall: Fault = ({ fake, random }) => void fake.advance(random.between(100, 30_000));

const crash: Fault = sim => sim.controller.kill();

/** Each fault with its relative frequency. */
const FAULTS: readonly [Fault, number][] = [
  [kill, 30],
  [killAll, 2],
  [hang, 20],
  [hangAll, 2],
  [regime, 8],
  [stranger, 6],
  [impersonate, 3],
  [refuse, 4],
  [need, 3],
  [clean, 3],
  [schedule, 3],
  [memory, 3],
  [load, 12],
  [stopByHand, 6],
  [startByHand, 4],
  [publishing, 8],
  [connections, 20],
  [requests, 6],
  [command, 10],
  [change, 4],
  [uninstallOne, 2],
  [reboot, 1],
  [crash, 4],
  [leap, 4],
  [stall, 2],
];

const BAG = FAULTS.flatMap(([fault, weight]) => Array.from({ length: weight }, () => fault));

/** Injects a random fault. Returns its name, for the report of a failed run. */
export function strike(sim: Scene): string {
  const fault = sim.random.pick(BAG);
  fault?.(sim);
  return fault?.name ?? '';
}

/** Ends all faults: the controller has to repair the rest. */
export function heal(sim: Scene): void {
  sim.regimes.clear();
  sim.fake.strangers.clear();
  sim.surroundings.heal();
  sim.fake.nginx.fate = () => 'arrives';
  for (const list of [sim.load.amounts, sim.load.unknown]) list.clear();
  for (const each of sim.fake.workers.values()) {
    each.connections = 0;
    each.oldest = null;
    each.requests = 0;
    // the load ends; hung workers stay hung, but where nobody would find out
    const settings = sim.installed.pools.find(({ pool }) => pool.name === each.unit.pool)?.pool;
    if (each.behaviour === 'overloaded' || settings?.health.probe === 'none') each.behaviour = 'well';
  }
  sim.controller.crashChance = 0;
  if (sim.installed.pools.length < sim.all().pools.length) sim.installed = sim.all();
  // recycling would never settle
  for (const each of sim.installed.pools)
    each.pool = { ...each.pool, recycling: { maxAge: null, maxMemory: null, maxRequests: null } };
  for (const { pool } of sim.installed.pools) sim.controller.order({ kind: 'start', pool: pool.name });
}
