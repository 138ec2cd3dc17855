import { targets } from '../../src/controller/apply/probe-targets.ts';
import type { InstalledPool } from '../../src/model/installed.ts';
import type { Action } from '../../src/plan/action.ts';
import { type Plan, plan } from '../../src/plan/plan.ts';
import { type Memory, newMemory } from '../../src/plan/state/memory.ts';
import type { PoolStatus } from '../../src/plan/status/report.ts';
import { describe } from '../../src/plan/status/status.ts';
import type { World } from '../../src/plan/world.ts';
import { defaultSite } from '../../src/pool-file/site-file.ts';
import type { Decision } from '../../src/scale/decision.ts';
import { FakeWorld } from './fake-world.ts';

/** Runs the control loop against the fake world: a pass and a probe of each instance every 100 ms of virtual time. */
export class Drive {
  memory: Memory = newMemory();
  fake = new FakeWorld();
  #passes = 0;
  #serving: Plan['serving'] = new Set();
  /** What the controller is to look at more closely. */
  suspects: Plan['suspects'] = new Set();
  /** All actions so far. */
  actions: Action[] = [];
  /** The last decision of each pool. */
  decisions: Record<string, Decision> = {};

  constructor(public installed: { pools: InstalledPool[] }) {}

  pass(change: Partial<World> = {}): Action[] {
    const world = this.fake.measure(this.installed, this.fake.world(change), this.#serving);
    const next = plan(this.installed, world, this.memory, this.fake.now);
    // through JSON now and then, as over a restart of the controller
    this.memory = this.#passes++ % 20 === 0 ? JSON.parse(JSON.stringify(next.memory)) : next.memory;
    this.#serving = next.serving;
    this.suspects = next.suspects;
    this.fake.serveWaiting(next.wakeTargets);
    this.fake.carryOut(next.actions);
    this.decisions = { ...this.decisions, ...next.decisions };
    this.fake.probe(targets(this.installed, world, this.memory));
    this.actions.push(...next.actions);
    return next.actions;
  }

  /** `step`: ms between passes; the controller's own is a second while nothing happens. */
  run(ms: number, change: Partial<World> = {}, watch: () => void = () => {}, step = 100): void {
    for (const end = this.fake.now + ms; this.fake.now < end; ) {
      this.fake.advance(step);
      this.pass(change);
      watch();
    }
  }

  /** Slots that nginx sends to. */
  published(pool = 'search'): number[] {
    return this.fake.published?.live[pool] ?? [];
  }

  /** The first pool's problems in status. */
  problems(change: Partial<World> = {}): string {
    return this.#status(change)?.problems.join() ?? '';
  }

  /** Stops of the first pool that needed SIGKILL, by status. */
  killed(): number {
    return this.#status({ probes: [] })?.killed ?? 0;
  }

  /** What status says of an instance of the first pool: `starting: ...`; empty if there is none. */
  state(slot: number): string {
    const found = this.#status({ probes: [] })?.instances.find(each => each.slot === slot);
    return found ? `${found.state}: ${found.detail}` : '';
  }

  #status(change: Partial<World>): PoolStatus | undefined {
    const whole = { version: 2 as const, at: 0, site: defaultSite(), ...this.installed };
    return describe(whole, this.fake.world(change), this.memory, this.fake.now, []).pools[0];
  }

  slots(): number[] {
    return this.fake
      .alive()
      .map(w => w.unit.slot)
      .sort();
  }

  kinds(): string[] {
    return this.actions.map(action => action.kind);
  }
}
