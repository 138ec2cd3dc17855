import { targets } from '../../src/controller/apply/probe-targets.ts';
import type { ProbeTarget } from '../../src/host/probe/pace.ts';
import type { InstalledPool } from '../../src/model/installed.ts';
import type { Action } from '../../src/plan/action.ts';
import { type Plan, plan } from '../../src/plan/plan.ts';
import { type Memory, newMemory } from '../../src/plan/state/memory.ts';
import type { Command, World } from '../../src/plan/world.ts';
import type { FakeWorld } from '../plan/fake-world.ts';
import type { Random } from './random.ts';

/** Probe intervals by pace, ms, as in host/probe/pace.ts for the default Interval=. */
const PACE: Record<ProbeTarget['pace'], number> = { starting: 100, failing: 500, steady: 2000 };
/** RestartSec= of cgipool.service and the start of the program, ms. */
const RESTART_MS = 700;

/** The input that an action was decided on. */
export interface DecidedOn {
  world: World;
  memory: Memory;
}

/** The control loop, which may crash between any two of its steps. */
export class SimController {
  memory: Memory = newMemory();
  /** The memory file in /run. */
  saved: Memory | null = null;
  wakeAt = 0;
  commands: Command[] = [];
  tick = false;
  crashChance = 0;
  /** How often a crash loses the memory file. */
  forgetChance = 0;
  /** Called when it restarts without its memory. */
  forgotten: () => void = () => {};
  #due = new Map<string, number>();
  #targets: ProbeTarget[] = [];
  #serving: Plan['serving'] = new Set();

  constructor(
    readonly fake: FakeWorld,
    readonly random: Random,
  ) {}

  /** One pass. `before` is called before each action. */
  reconcile(installed: { pools: InstalledPool[] }, before: (action: Action, on: DecidedOn) => void): void {
    const seen = this.fake.world({ commands: this.commands.splice(0), tick: this.tick });
    const world = this.fake.measure(installed, seen, this.#serving);
    this.tick = false;
    const next = plan(installed, world, this.memory, this.fake.now);
    if (this.random.chance(this.crashChance)) {
      this.crash();
      return;
    }
    this.fake.serveWaiting(next.wakeTargets);
    this.memory = next.memory;
    this.saved = next.memory;
    this.#serving = next.serving;
    this.wakeAt = next.wakeAt;
    const alive = next.actions.every(action => {
      if (this.random.chance(this.crashChance)) return false;
      before(action, { world, memory: next.memory });
      this.fake.do(action);
      return true;
    });
    if (alive) this.#setTargets(targets(installed, world, next.memory));
    else this.crash();
  }

  #setTargets(list: ProbeTarget[]): void {
    this.#targets = list;
    this.probe();
  }

  /** Makes the probes that are due. */
  probe(): void {
    const due = new Map<string, number>();
    for (const target of this.#targets) {
      const key = `${target.pool.name}@${target.slot} ${target.invocation}`;
      const at = this.#due.get(key) ?? 0;
      if (at <= this.fake.now) this.fake.probe([target]);
      due.set(key, at <= this.fake.now ? this.fake.now + PACE[target.pace] : at);
    }
    this.#due = due;
  }

  /** When the next probe is due, ms. */
  nextProbe(): number {
    return Math.min(...this.#due.values());
  }

  /** It dies, and restarts with the memory that it saved, or with none. */
  crash(): void {
    this.memory = JSON.parse(JSON.stringify(this.saved)) ?? newMemory();
    if (this.random.chance(this.forgetChance)) this.memory = newMemory();
    if (!this.memory.hasHistory) this.forgotten();
    this.#targets = [];
    this.#due.clear();
    this.fake.world(); // drops the probe outcomes
    this.wakeAt = this.fake.now + RESTART_MS;
  }
}
