import { epochOfClock, monotonic } from '../host/clock.ts';
import { probe } from '../host/probe/probe.ts';
import { machineMeans, Prober } from '../host/probe/prober.ts';
import { type Bus, BusError } from '../host/systemd/bus.ts';
import { Instances } from '../host/systemd/instances.ts';
import { Jobs } from '../host/systemd/jobs.ts';
import type { Installed } from '../model/installed.ts';
import { noSuchPool } from '../model/names.ts';
import { paths } from '../model/paths.ts';
import type { Pool } from '../model/pool.ts';
import { type Plan, plan } from '../plan/plan.ts';
import { type Memory, newMemory } from '../plan/state/memory.ts';
import { describe, explain } from '../plan/status/status.ts';
import { type Command, nothingSeen, type World } from '../plan/world.ts';
import { Executor } from './apply/executor.ts';
import { targets } from './apply/probe-targets.ts';
import { WakeTargets } from './apply/wake-targets.ts';
import { type ControllerApi, Refusal } from './dbus-service.ts';
import { History, logScaling } from './history.ts';
import { Inbox } from './inbox.ts';
import type { Logger } from './log.ts';
import type { Loop } from './loop.ts';
import { Observer } from './observe/observer.ts';
import { parseSpec } from './scale-range.ts';
import { loadInstalled, loadMemory, StateFile } from './store.ts';

/** systemd leaves the bus while it re-executes itself, and answers late when busy: retry instead of exiting, ms. */
const SYSTEMD_RETRY_MS = 100;
const AWAY =
  /^org\.(cgipool\.Deadline|freedesktop\.DBus\.Error\.(NoReply|ServiceUnknown|NameHasNoOwner|Spawn\..*))$/;
const isSystemdAway = (error: unknown): boolean => error instanceof BusError && AWAY.test(error.type);

/** Observes, plans and applies. Keeps the last world only to answer requests: systemd is the source of truth. */
export class Controller implements ControllerApi {
  #world: World = nothingSeen();
  /** When the record was written that the last pass went by; null before the first. */
  #installedAt: number | null = null;
  #memory: Memory = newMemory();
  /** What the last plan has the next pass observe. */
  #wanted: Pick<Plan, 'serving' | 'suspects'> = { serving: new Set(), suspects: new Set() };
  #passed: () => void = () => {};
  /** Before the first pass nothing is known of the pools. */
  readonly #firstPass = new Promise<void>(resolve => {
    this.#passed = resolve;
  });
  readonly #inbox = new Inbox();
  readonly #instances: Instances;
  readonly #jobs: Jobs;
  readonly #prober: Prober;
  readonly #observer: Observer;
  readonly #history: History;
  readonly #wakeTargets: WakeTargets;
  readonly #executor: Executor;
  readonly #memoryFile: StateFile;
  readonly #statusFile: StateFile;

  constructor(
    readonly bus: Bus,
    readonly loop: Loop,
    public installed: Installed,
    readonly log: Logger,
  ) {
    this.#instances = new Instances(bus);
    this.#jobs = new Jobs(bus);
    this.#prober = new Prober(
      { ...machineMeans, probe: ({ pool, slot }) => probe(pool, slot, pool.health, this.#jobs) },
      () => this.loop.wake(),
    );
    this.#executor = new Executor(bus, log);
    this.#observer = new Observer(this.#instances, this.#prober, this.#jobs, log, () => this.loop.wake());
    this.#history = new History(log);
    this.#wakeTargets = new WakeTargets(log);
    this.#memoryFile = new StateFile(paths.memory, log);
    this.#statusFile = new StateFile(paths.status, log);
  }

  async begin(): Promise<void> {
    this.#memory = await loadMemory(this.log);
    await this.#history.load();
    await this.#applyInstalled();
    await this.#instances.watch(() => this.loop.wake());
  }

  async reconcile(): Promise<Pick<Plan, 'wakeAt'>> {
    try {
      this.#world = await this.#observer.observe(this.installed, this.#wanted);
    } catch (error) {
      if (!isSystemdAway(error)) throw error;
      return { wakeAt: monotonic() + SYSTEMD_RETRY_MS };
    }
    return this.#act();
  }

  /** Takes up a new set of installed pools. */
  async #applyInstalled(): Promise<void> {
    this.#history.keepOnly(this.installed.pools.map(({ pool }) => pool.name));
    await this.#observer.setPools(this.installed);
  }

  async #act(): Promise<Plan> {
    const { requested, saved } = this.#inbox.take();
    const failedStarts = this.#executor.takeFailedStarts();
    this.#world = {
      ...this.#world,
      ...requested,
      failedStarts,
      ...(requested.tick ? this.#observer.signals() : {}),
    };
    const next = plan(this.installed, this.#world, this.#memory, monotonic());
    this.#memory = next.memory;
    this.#installedAt = this.installed.at;
    this.#wanted = { serving: next.serving, suspects: next.suspects };
    // saved before it is carried out: a controller killed in between must not do it twice
    this.#memoryFile.write(JSON.stringify(next.memory));
    saved();
    for (const text of next.news) this.log.info(text);
    await this.#wakeTargets.write(next.wakeTargets);
    await this.#executor.carryOut(next.actions);
    if (next.actions.length > 0) this.#instances.expectChange();
    // after the actions: logging a decision must not delay them
    this.#history.add(next.decisions, this.#world.epoch);
    await logScaling(next.decisions, this.log);
    if (next.memory.publish.differsSince === null) this.#executor.forgetPublish();
    this.#prober.setTargets(targets(this.installed, this.#world, next.memory));
    this.#statusFile.write(`${this.#status()}\n`);
    this.#passed();
    return next;
  }

  async status(): Promise<string> {
    await this.#firstPass;
    return this.#status();
  }

  #status(): string {
    const failures = [...this.#observer.problems, ...this.#executor.failures];
    const now = monotonic();
    return JSON.stringify(
      describe(this.installed, this.#seenNow(), this.#memory, now, failures, this.#installedAt),
    );
  }

  /** The last world, with the clock as it is now: somebody may have set it since. */
  #seenNow(): World {
    return { ...this.#world, epoch: epochOfClock() };
  }

  async why(pool: string): Promise<string> {
    this.#pool(pool);
    await this.#firstPass;
    const decisions = this.#history.of(pool);
    return JSON.stringify(
      explain(this.installed, this.#seenNow(), this.#memory, pool, monotonic(), decisions),
    );
  }

  scale(name: string, spec: string): Promise<void> {
    const range = parseSpec(this.#pool(name), spec);
    if (!range.ok) throw new Refusal(range.error);
    return this.#submit({ kind: 'scale', pool: name, range: range.value });
  }

  restart(pool: string): Promise<void> {
    return this.#submit({ kind: 'restart', pool: this.#pool(pool).name });
  }

  start(pool: string): Promise<void> {
    return this.#submit({ kind: 'start', pool: this.#pool(pool).name });
  }

  stop(pool: string): Promise<void> {
    return this.#submit({ kind: 'stop', pool: this.#pool(pool).name });
  }

  async autoscale(): Promise<void> {
    await this.#observer.checkMemory(this.installed);
    this.#inbox.tick();
    this.loop.wake();
  }

  async reload(): Promise<void> {
    try {
      this.installed = await loadInstalled();
    } catch (error) {
      throw new Refusal((error as Error).message);
    }
    await this.#applyInstalled();
    this.log.info(`reloaded: ${this.installed.pools.map(p => p.pool.name).join(', ') || 'no pools'}`);
    this.loop.wake();
  }

  #submit(command: Command): Promise<void> {
    const saved = this.#inbox.add(command);
    this.loop.wake();
    return saved;
  }

  #pool(name: string): Pool {
    const found = this.installed.pools.find(p => p.pool.name === name);
    if (found) return found.pool;
    const known = this.installed.pools.map(p => p.pool.name);
    throw new Refusal(`${noSuchPool(name, known)}; after adding a pool file run cgipool install`);
  }
}
