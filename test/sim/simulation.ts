import type { InstalledPool } from '../../src/model/installed.ts';
import { socketPath } from '../../src/model/names.ts';
import type { Pool } from '../../src/model/pool.ts';
import type { Action } from '../../src/plan/action.ts';
import type { Behaviour } from '../plan/fake-worker.ts';
import { FakeWorld } from '../plan/fake-world.ts';
import { installed } from '../plan/pools.ts';
import type { Act, Play } from './acts/act.ts';
import { actsOf, poolsOf, type Scheduled } from './acts/acts.ts';
import { VirtualClock } from './clock.ts';
import { SimController } from './controller.ts';
import { heal, strike } from './faults.ts';
import { Load } from './load.ts';
import { Oracle } from './oracle/oracle.ts';
import { amissIn } from './oracle/settled.ts';
import { untrueIn } from './oracle/told.ts';
import { Random } from './random.ts';
import { Surroundings } from './surroundings.ts';

const TICK_MS = 5_000;
/** The longest back-off of five minutes, a start, a drain and Window=, twice. */
const CONVERGE_TIMEOUT_MS = 1_000_000;
/** Afterwards all must stay settled for longer than Window=. */
const SETTLED_MS = 100_000;

const textOf = (action: Action): string => {
  const { reason, kind } = action;
  if (kind === 'publish') return `publish ${JSON.stringify(action.live)}: ${reason}`;
  return `${kind} ${'slot' in action ? `${action.pool}@${action.slot}` : action.pool}: ${reason}`;
};

/** One seeded run: the controller in a world with faults, on a virtual clock, and an oracle that judges it. */
export class Simulation implements Play {
  readonly random: Random;
  readonly fake = new FakeWorld();
  readonly clock = new VirtualClock(this.fake);
  readonly load = new Load(this.fake);
  readonly surroundings = new Surroundings();
  readonly oracle = new Oracle(this);
  readonly regimes = new Map<string, () => Behaviour>();
  readonly controller: SimController;
  installed: { pools: InstalledPool[] };
  /** The last events, for the report of a failed run. */
  story: string[] = [];
  readonly #acts: readonly Scheduled[];
  readonly #pools: Pool[];
  hasTimer = true;
  #tickAt = 0;
  #isBad = true;
  #struckAt = 0;
  #publishes = 0;

  constructor(seed: number) {
    this.random = new Random(seed);
    const { random } = this;
    this.#acts = actsOf(seed, random);
    this.#pools = poolsOf(this.#acts, random);
    this.installed = this.all();
    for (const each of this.#pools.filter(p => p.activated)) this.fake.activated.add(each.name);
    this.fake.behaviour = (name, slot) => this.#behaviour(name, slot);
    this.fake.delays = {
      start: () => random.between(5, 60),
      ready: () => random.between(1, 900),
      restart: () => random.between(15, 80),
      publish: () => random.between(50, random.chance(0.05) ? 5000 : 500),
    };
    this.controller = new SimController(this);
    this.controller.crashChance = 0.002;
    this.controller.forgetChance = 0.2;
  }

  all(): { pools: InstalledPool[] } {
    return installed(...this.#pools);
  }

  /** A new life makes its socket file anew. */
  #behaviour(pool: string, slot: number): Behaviour {
    this.fake.removed.delete(socketPath(pool, slot));
    return this.regimes.get(pool)?.() ?? 'well';
  }

  removeSocket({ pool, slot }: { pool: string; slot: number }): void {
    this.fake.removed.add(socketPath(pool, slot));
  }

  readonly record = (what: Action | string): void => {
    const text = typeof what === 'string' ? what : textOf(what);
    if (text.startsWith('publish {')) this.#publishes += 1;
    this.story.push(`${((this.fake.now - 1_000_000) / 1000).toFixed(3)} ${text}`);
    if (this.story.length > 60) this.story.shift();
  };

  /** Runs this many passes with faults, then heals the world and waits until all is settled. */
  async run(passes: number): Promise<void> {
    while (this.controller.passes < passes) {
      this.#strike();
      await this.step();
    }
    this.#isBad = false;
    heal(this);
    this.record('healed');
    await this.settles(CONVERGE_TIMEOUT_MS);
    await this.lasts(SETTLED_MS);
    await this.settles(0);
    // acts begin with what the pool files say
    for (const { pool } of this.installed.pools)
      this.controller.order({ kind: 'scale', pool: pool.name, range: null });
    await this.lasts(1_000);
    await this.settles(CONVERGE_TIMEOUT_MS);
    for (const { act, pool } of this.#acts) await this.#play(act, pool.name);
  }

  async #play(act: Act, name: string): Promise<void> {
    const found = this.installed.pools.find(({ pool }) => pool.name === name);
    if (!found) return;
    this.record(`${name}: ${act.name}`);
    // one after the other, they ask for more starts than any day
    this.oracle.credit(undefined, 30);
    await act.run(this, found);
  }

  #strike(): void {
    if (this.controller.passes <= this.#struckAt) return;
    this.#struckAt = this.controller.passes;
    if (this.random.chance(0.05)) this.record(strike(this));
  }

  /** What is not as it should be, or null. */
  amiss(): string | null {
    const { known } = this.oracle;
    const { pools } = this.installed;
    return amissIn(known, pools) ?? untrueIn(known, pools, this.controller.status().pools);
  }

  /** Waits until all is as it should be. */
  async settles(ms: number): Promise<void> {
    for (const end = this.fake.now + ms; this.amiss() !== null; await this.step())
      if (this.fake.now >= end) throw new Error(`after ${ms / 1000} s: ${this.amiss()}`);
  }

  async until(is: () => boolean, ms: number, what: string): Promise<void> {
    for (const end = this.fake.now + ms; !is(); await this.step())
      if (this.fake.now >= end) throw new Error(`not within ${ms / 1000} s: ${what}`);
  }

  async holds(is: () => boolean, ms: number, what: string): Promise<void> {
    const began = this.fake.now;
    for (; this.fake.now < began + ms; await this.step())
      if (!is())
        throw new Error(`after ${(this.fake.now - began) / 1000} of ${ms / 1000} s no longer: ${what}`);
  }

  publishes(): number {
    return this.#publishes;
  }

  async lasts(ms: number): Promise<void> {
    for (const end = this.fake.now + ms; this.fake.now < end; ) await this.step();
  }

  /** Lets time pass until anything happens. Some of systemd's signals are lost. */
  async step(): Promise<void> {
    const { fake, clock, random } = this;
    const ms = Math.max(0, Math.min(clock.nextAt(), fake.nextEvent(), this.#tickAt) - fake.now);
    this.load.work(this.#pools, Math.min(ms, 1_000));
    const happened = fake.advance(Math.min(ms, 1_000));
    const isLost = this.#isBad && random.chance(0.05);
    if (happened && !isLost) clock.after(random.between(0, 4), () => this.controller.wake());
    if (fake.now >= this.#tickAt) this.#tick();
    await clock.fire();
    if (this.controller.failure) throw this.controller.failure;
  }

  #tick(): void {
    if (this.hasTimer) this.controller.tick();
    this.#tickAt = this.fake.now + TICK_MS;
  }
}

/** Runs one seed. Returns the passes taken, and the first violation with the events that led to it, or null. */
export async function simulate(
  seed: number,
  passes: number,
): Promise<{ steps: number; violation: string | null }> {
  const sim = new Simulation(seed);
  try {
    await sim.run(passes);
    return { steps: sim.controller.passes, violation: null };
  } catch (error) {
    const story = sim.story.slice(-40).join('\n  ');
    return {
      steps: sim.controller.passes,
      violation: `seed ${seed}: ${(error as Error).message}\n  ${story}`,
    };
  }
}
