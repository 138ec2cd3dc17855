import type { InstalledPool } from '../../src/model/installed.ts';
import type { Behaviour } from '../plan/fake-worker.ts';
import type { FakeWorld } from '../plan/fake-world.ts';
import type { SimController } from './controller.ts';
import type { Invariants } from './invariants.ts';
import type { Random } from './random.ts';

/** What faults can change. */
export interface Scene {
  random: Random;
  fake: FakeWorld;
  controller: SimController;
  check: Invariants;
  installed: { pools: InstalledPool[] };
  /** All pools, freshly installed. */
  all: () => { pools: InstalledPool[] };
  /** How the next lives of each pool behave. */
  regimes: Map<string, () => Behaviour>;
}

type Fault = (sim: Scene) => void;

const worker = ({ fake, random }: Scene) => random.pick([...fake.workers.values()]);
const aPool = ({ installed, random }: Scene) => random.pick(installed.pools);

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

const stranger: Fault = sim => {
  const slot = sim.random.pick(aPool(sim)?.pool.slots ?? []);
  const busy = [...sim.fake.workers.values()].some(w => w.unit.slot === slot);
  if (slot === undefined || busy || sim.fake.strangers.delete(slot)) return;
  sim.fake.strangers.add(slot);
};

const stopByHand: Fault = sim => {
  const found = worker(sim);
  found?.stop(sim.fake.now);
  sim.check.credit(found?.unit.pool, 1);
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
  sim.check.credit(pool, 2 * name.slots.length);
  if (kind === 'scale' || kind === 'auto')
    sim.controller.commands.push({ kind: 'scale', pool, range: kind === 'auto' ? null : { min, max } });
  else if (kind) sim.controller.commands.push({ kind, pool });
};

/** `cgipool install` of a new revision. */
const change: Fault = sim => {
  const found = aPool(sim);
  if (found) found.revision = sim.fake.now;
  sim.check.credit(found?.pool.name, 2 * (found?.pool.slots.length ?? 0));
};

const uninstallOne: Fault = sim => {
  const [first, ...rest] = sim.installed.pools;
  if (first && rest.length > 0) sim.installed = { pools: rest };
  else sim.installed = sim.all();
  sim.check.credit(undefined, 20);
};

const reboot: Fault = sim => {
  sim.fake.workers.clear();
  sim.fake.nginx.published = null;
  sim.controller.saved = null;
  sim.controller.crash();
  sim.check.credit(undefined, 20);
};

/** Somebody, or NTP, sets the clock. */
const leap: Fault = ({ fake, random }) => {
  const by = random.pick([1, 60, 3_600, 86_400, 31_557_600]) ?? 1;
  fake.epoch = random.chance(0.1) ? 0 : fake.epoch + (random.chance(0.5) ? by : -by) * 1_000;
};

const crash: Fault = sim => sim.controller.crash();

/** Each fault with its relative frequency. */
const FAULTS: readonly [Fault, number][] = [
  [kill, 30],
  [killAll, 2],
  [hang, 20],
  [hangAll, 2],
  [regime, 8],
  [stranger, 6],
  [stopByHand, 6],
  [startByHand, 4],
  [publishing, 8],
  [connections, 30],
  [requests, 10],
  [command, 10],
  [change, 4],
  [uninstallOne, 2],
  [reboot, 1],
  [crash, 4],
  [leap, 4],
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
  sim.fake.nginx.fate = () => 'arrives';
  for (const each of sim.fake.workers.values()) {
    each.connections = 0;
    each.oldest = null;
    each.requests = 0;
    // the load ends; hung workers stay hung
    if (each.behaviour === 'overloaded') each.behaviour = 'well';
  }
  sim.controller.crashChance = 0;
  // recycling would never settle
  for (const each of sim.installed.pools)
    each.pool = { ...each.pool, recycling: { maxAge: null, maxMemory: null, maxRequests: null } };
  for (const { pool } of sim.installed.pools)
    sim.controller.commands.push({ kind: 'start', pool: pool.name });
}
