import type { InstalledPool } from '../../src/model/installed.ts';
import { WAKE_SLOT } from '../../src/model/names.ts';
import type { Action } from '../../src/plan/action.ts';
import { desired } from '../../src/plan/view/desired.ts';
import { beginPass } from '../../src/plan/view/pass.ts';
import { isStale } from '../../src/plan/view/stale.ts';
import { indexWorld } from '../../src/plan/view/world-index.ts';
import { nothingSeen } from '../../src/plan/world.ts';
import type { Behaviour } from '../plan/fake-worker.ts';
import { FakeWorld } from '../plan/fake-world.ts';
import { installed, pool, scale } from '../plan/pools.ts';
import { SimController } from './controller.ts';
import { heal, type Scene, strike } from './faults.ts';
import { Invariants } from './invariants.ts';
import { Random } from './random.ts';

const TICK_MS = 5_000;
/** The longest back-off of five minutes, a start, a drain and Window=, twice. */
const CONVERGE_TIMEOUT_MS = 1_000_000;
/** Afterwards all must stay settled for longer than Window=. */
const SETTLED_MS = 100_000;

const POOLS = [
  pool({ name: 'search', min: 2, max: 4, recycling: { maxAge: 90_000, maxMemory: null, maxRequests: null } }),
  pool({ name: 'auth', slots: [8100, 8101], min: 1, max: 2 }),
  pool({ name: 'idle', slots: [8400, 8401, 8402], min: 0, max: 2, scale: scale({ idleTimeout: 20_000 }) }),
  pool({ name: 'held', slots: [8500, 8501, 8502], min: 2, max: 3, activated: true }),
  pool({ name: 'tight', slots: [8200, 8201, 8202], min: 3, max: 3 }),
  pool({
    name: 'wide',
    slots: Array.from({ length: 12 }, (_, i) => 8300 + i),
    min: 4,
    max: 12,
    rollout: { surge: 3, batch: 2 },
  }),
];

const whereOf = (action: Exclude<Action, { kind: 'publish' }>): string =>
  'slot' in action ? `${action.pool}@${action.slot}` : action.pool;

/** One seeded run: the planner against a world with faults, on a virtual clock. */
export class Simulation implements Scene {
  readonly random: Random;
  readonly fake = new FakeWorld();
  readonly controller: SimController;
  readonly check: Invariants;
  installed = this.all();
  /** How the next lives of each pool behave. */
  regimes = new Map<string, () => Behaviour>();
  /** The last events, for the report of a failed run. */
  story: string[] = [];
  steps = 0;
  #tickAt = 0;
  #faults = true;
  #busy = new Map<string, number>();

  constructor(seed: number) {
    this.random = new Random(seed);
    this.controller = new SimController(this.fake, this.random);
    this.controller.crashChance = 0.002;
    this.controller.forgetChance = 0.2;
    for (const each of POOLS.filter(p => p.activated)) this.fake.activated.add(each.name);
    this.check = new Invariants(this.fake);
    this.controller.forgotten = () => this.check.forget();
    this.fake.behaviour = name => this.regimes.get(name)?.() ?? 'well';
    this.fake.delays = {
      start: () => this.random.between(5, 60),
      ready: () => this.random.between(1, 900),
      restart: () => this.random.between(15, 80),
      publish: () => this.random.between(50, this.random.chance(0.05) ? 5000 : 500),
    };
  }

  all(): { pools: InstalledPool[] } {
    return installed(...POOLS);
  }

  /** Runs this many passes with faults, then heals the world and waits until all is settled. */
  run(passes: number): void {
    for (let i = 0; i < passes; i++) {
      if (this.random.chance(0.05)) this.#record(strike(this));
      this.pass();
    }
    this.#faults = false;
    heal(this);
    this.#record('healed');
    const end = this.fake.now + CONVERGE_TIMEOUT_MS;
    while (this.#amiss() !== null && this.fake.now < end) this.pass();
    for (const settled = this.fake.now + SETTLED_MS; this.fake.now < settled; ) this.pass();
    const amiss = this.#amiss();
    if (amiss !== null) throw new Error(amiss);
  }

  pass(): void {
    this.#pass();
    this.steps += 1;
    const { world } = this.fake;
    this.fake.world = change => this.#watched(world.call(this.fake, change));
    this.controller.reconcile(this.installed, (action, { world: seen, memory }) => {
      const where = action.kind === 'publish' ? JSON.stringify(action.live) : whereOf(action);
      this.#record(`${action.kind} ${where}: ${action.reason}`);
      this.check.judge(action, this.installed.pools, seen, memory);
    });
    this.fake.world = world;
  }

  /** Lets time pass until the controller wakes: by its clock, a probe, or a signal, some of which are lost. */
  #pass(): void {
    const { fake, controller, random } = this;
    const lost = this.#faults && random.chance(0.05);
    const signal = lost ? Number.POSITIVE_INFINITY : fake.nextEvent() + random.between(0, 4);
    // a signal of the last action, such as a queued job
    const echo = random.chance(0.2) ? fake.now + 1 : Number.POSITIVE_INFINITY;
    const wake = Math.min(controller.wakeAt, signal, echo, controller.nextProbe(), this.#tickAt);
    const ms = Math.max(0, Math.min(wake - fake.now, 1_000));
    this.#burn(ms);
    fake.advance(ms);
    controller.probe();
    if (fake.now < this.#tickAt) return;
    controller.tick = true;
    this.#tickAt = fake.now + TICK_MS;
  }

  /** Workers use CPU time, a share that changes now and then. */
  #burn(ms: number): void {
    for (const worker of this.fake.alive()) {
      const key = worker.unit.pool;
      if (this.random.chance(0.001)) this.#busy.set(key, this.#faults ? this.random.next() * 1.2 : 0);
      worker.cpuUsec += ms * 1000 * (this.#faults ? (this.#busy.get(key) ?? 0) : 0);
    }
  }

  #watched(world: ReturnType<FakeWorld['world']>): ReturnType<FakeWorld['world']> {
    this.check.countProbes(world.probes, 2);
    if (!this.controller.memory.hasHistory) this.check.adoptPublished(world);
    return world;
  }

  #record(what: string): void {
    this.story.push(`${((this.fake.now - 1_000_000) / 1000).toFixed(3)} ${what}`);
    if (this.story.length > 60) this.story.shift();
  }

  /** What is not settled yet, or null: the desired instances run, are published, new and healthy. */
  #amiss(): string | null {
    const known = new Set(this.installed.pools.map(p => p.pool.name));
    const orphan = [...this.fake.workers.values()].find(w => !known.has(w.unit.pool));
    if (orphan) return `${orphan.unit.pool}@${orphan.unit.slot} is of a pool that is gone`;
    const found = this.installed.pools.map(installed => this.#amissIn(installed));
    return found.find(problem => problem !== null) ?? null;
  }

  #amissIn(installed: InstalledPool): string | null {
    const { name } = installed.pool;
    const memory = this.controller.memory.pools[name];
    if (!memory) return `${name} is forgotten`;
    const workers = [...this.fake.workers.values()].filter(w => w.unit.pool === name);
    const units = workers.map(w => w.unit);
    const pass = beginPass({ installed, backup: false, key: name }, memory, {
      index: indexWorld({ ...nothingSeen(), units, published: this.fake.published }),
      hasHistory: true,
      now: this.fake.now,
    });
    // a pool that sleeps is published by its wake socket
    const [running, published] = [
      units.map(u => u.slot).sort(),
      [...pass.live].filter(slot => slot !== WAKE_SLOT),
    ];
    const old = units.filter(unit => isStale(pass, { unit })).length;
    // during an outage hung instances stay published: the number is right, but they do not answer
    const sick = workers.filter(w => !w.answers(this.fake.now)).length;
    return running.join() === published.join() && units.length === desired(pass) && old + sick === 0
      ? null
      : `${name}: ${desired(pass)} desired, ${running} run (${old} old, ${sick} sick), ${published} are published`;
  }
}

/** Runs one seed. Returns the passes taken, and the first violation with the events that led to it, or null. */
export function simulate(seed: number, passes: number): { steps: number; violation: string | null } {
  const sim = new Simulation(seed);
  try {
    sim.run(passes);
    return { steps: sim.steps, violation: null };
  } catch (error) {
    const story = sim.story.slice(-40).join('\n  ');
    return { steps: sim.steps, violation: `seed ${seed}: ${(error as Error).message}\n  ${story}` };
  }
}
