import { targets } from '../../src/controller/apply/probe-targets.ts';
import { Inbox } from '../../src/controller/inbox.ts';
import { Loop } from '../../src/controller/loop.ts';
import { CpuShares } from '../../src/controller/observe/cpu-shares.ts';
import { Meters } from '../../src/controller/observe/meters.ts';
import { Wakes } from '../../src/controller/observe/wakes.ts';
import type { ProbeTarget } from '../../src/host/probe/pace.ts';
import type { ProbeResult } from '../../src/host/probe/probe.ts';
import { Prober } from '../../src/host/probe/prober.ts';
import type { FailedStart } from '../../src/model/observed.ts';
import type { Pool } from '../../src/model/pool.ts';
import type { Action } from '../../src/plan/action.ts';
import { type Plan, plan } from '../../src/plan/plan.ts';
import { type Memory, newMemory, parseMemory } from '../../src/plan/state/memory.ts';
import { describe } from '../../src/plan/status/status.ts';
import { type Command, nothingSeen, type World } from '../../src/plan/world.ts';
import { defaultSite } from '../../src/pool-file/site-file.ts';
import type { Stage } from './stage.ts';

/** RestartSec= of cgipool.service and the start of the program, ms. */
const RESTART_MS = 700;

/** The controller dies. */
class Crash extends Error {}

/** What one process of the controller holds, and loses when it dies. */
class Process {
  readonly loop: Loop;
  readonly prober: Prober;
  readonly inbox = new Inbox();
  readonly meters = new Meters();
  readonly shares = new CpuShares();
  readonly wakes = new Wakes();
  serving: Plan['serving'] = new Set();
  failedStarts: FailedStart[] = [];
  isKilled = false;

  constructor({ clock, random }: Stage, probe: (target: ProbeTarget) => Promise<ProbeResult>) {
    this.loop = new Loop(clock);
    this.prober = new Prober({ clock, random: () => random.next(), probe }, () => this.loop.wake());
  }
}

/** The controller: its own loop, prober, inbox and meters around the planner. It may die between any two steps. */
export class SimController {
  memory: Memory = newMemory();
  /** The memory file in /run. */
  #saved: string | null = null;
  crashChance = 0;
  /** How often a crash loses the memory file. */
  forgetChance = 0;
  passes = 0;
  /** What went wrong, other than a crash. */
  failure: Error | null = null;
  #world: World = nothingSeen();
  #process: Process;

  constructor(readonly stage: Stage) {
    this.#process = this.#begin();
  }

  /** A signal of systemd's, or a reply. */
  wake(): void {
    this.#process.loop.wake();
  }

  tick(): void {
    this.#process.inbox.tick();
    this.wake();
  }

  order(command: Command): void {
    void this.#process.inbox.add(command);
    this.wake();
  }

  /** It is killed. `isReboot`: /run is empty then. */
  kill(isReboot = false): void {
    if (isReboot) this.#saved = null;
    this.#process.isKilled = true;
    this.wake();
  }

  /** What `cgipool status` says. */
  status(): ReturnType<typeof describe> {
    const { fake, installed } = this.stage;
    const whole = { version: 2 as const, at: 0, site: defaultSite(), ...installed };
    return describe(whole, this.#world, this.memory, fake.now, []);
  }

  #begin(): Process {
    const { random, oracle } = this.stage;
    const isLost = this.#saved === null || random.chance(this.forgetChance);
    this.memory = (isLost ? null : parseMemory(JSON.parse(this.#saved ?? ''))) ?? newMemory();
    if (isLost) oracle.forgot();
    const process = new Process(this.stage, target => this.#probe(target));
    process.loop.run(() => this.#reconcile(process)).catch(error => this.#died(process, error));
    return process;
  }

  #died(process: Process, error: unknown): void {
    process.prober.setTargets([]);
    if (!(error instanceof Crash)) this.failure = error as Error;
    else
      this.stage.clock.after(RESTART_MS, () => {
        this.#process = this.#begin();
      });
  }

  async #probe({ pool, slot }: ProbeTarget): Promise<ProbeResult> {
    const { clock, fake, random } = this.stage;
    const result = fake.answer(pool.name, slot);
    await clock.pause(result.late ? pool.health.timeout : random.between(0, 4));
    return result;
  }

  #mayDie(process: Process): void {
    if (process.isKilled || this.stage.random.chance(this.crashChance)) throw new Crash();
  }

  async #reconcile(process: Process): Promise<Pick<Plan, 'wakeAt'>> {
    const { installed, oracle, fake, clock, random } = this.stage;
    this.passes += 1;
    this.#mayDie(process);
    const seen = this.#observe(
      process,
      installed.pools.map(({ pool }) => pool),
    );
    await clock.pause(random.between(2, 15));
    const { requested, saved } = process.inbox.take();
    const signals = requested.tick ? process.meters.signals(fake.now) : {};
    const world = { ...seen, ...requested, ...signals, failedStarts: process.failedStarts.splice(0) };
    // what it planned and did not save is as if it had not been observed
    this.#mayDie(process);
    oracle.observed(world, installed.pools);
    const next = plan(installed, world, this.memory, fake.now);
    this.#world = world;
    this.memory = next.memory;
    this.#saved = JSON.stringify(next.memory);
    saved();
    oracle.accepted(requested.commands);
    this.#act(process, next);
    process.prober.setTargets(targets(installed, world, next.memory));
    return next;
  }

  #observe(process: Process, pools: readonly Pool[]): World {
    const { fake, load, surroundings, installed } = this.stage;
    const bare = fake.world();
    const requests = load.takeRequests(bare.load, pools);
    const world = {
      ...bare,
      probes: process.prober.take(),
      load: load.samples(bare.load, pools, requests),
      needs: surroundings.needs,
      ceiling: surroundings.ceiling,
      strangers: surroundings.strangers,
      listening: new Set([...bare.listening, ...surroundings.strangePorts()]),
      schedules: surroundings.schedules(pools),
    };
    const woken = process.wakes.answered(world.wakeSockets);
    process.meters.setPools(installed);
    process.meters.add({ ...world, woken }, process.serving, requests, load.externals(pools), fake.now);
    return { ...world, load: process.shares.add(world.load, fake.now) };
  }

  #act(process: Process, next: Plan): void {
    const { fake, oracle, record, load, installed } = this.stage;
    load.answered(
      installed.pools.map(({ pool }) => pool),
      next.wakeTargets,
    );
    fake.serveWaiting(next.wakeTargets);
    process.serving = next.serving;
    oracle.decided(next);
    for (const action of next.actions) {
      this.#mayDie(process);
      record(action);
      oracle.judge(action);
      this.#do(process, action);
    }
  }

  #do(process: Process, action: Action): void {
    const { fake, surroundings, installed } = this.stage;
    const refusal = action.kind === 'start' ? surroundings.refusal(action.pool, action.slot) : null;
    const pool = installed.pools.find(one => 'slot' in action && one.pool.name === action.pool)?.pool;
    if (refusal) process.failedStarts.push(refusal);
    else if (action.kind !== 'start' || !pool || !surroundings.isCancelled(pool)) fake.do(action);
  }
}
