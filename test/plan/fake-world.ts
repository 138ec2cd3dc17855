import { Meters } from '../../src/controller/observe/meters.ts';
import type { ProbeTarget } from '../../src/host/probe/pace.ts';
import type { InstalledPool } from '../../src/model/installed.ts';
import { endpoint, socketPath, WAKE_SLOT } from '../../src/model/names.ts';
import type { LoadSample, ProbeOutcome, WakeSocket } from '../../src/model/observed.ts';
import type { Published } from '../../src/model/routing.ts';
import type { Action } from '../../src/plan/action.ts';
import { nothingSeen, type World } from '../../src/plan/world.ts';
import { Histogram } from '../../src/scale/histogram.ts';
import { FakeNginx } from './fake-nginx.ts';
import { type Behaviour, type Delays, Worker } from './fake-worker.ts';

export { installed, pool } from './pools.ts';

const STEADY: Delays = { start: () => 10, ready: () => 110, restart: () => 20, publish: () => 250 };

const keyOf = (pool: string, slot: number): string => `${pool}@${slot}`;

/** A simulated machine for the planner, in virtual time. */
export class FakeWorld {
  now = 1_000_000;
  /** Socket files that somebody removed. */
  removed = new Set<string>();
  /** The time of day when the clock was at 0: somebody may set it. */
  epoch = 0;
  readonly nginx = new FakeNginx();
  strangers = new Set<number>();
  /** Pools with Listen=fd. */
  activated = new Set<string>();
  behaviour: (pool: string, slot: number) => Behaviour = () => 'well';
  workers = new Map<string, Worker>();
  wakeSockets = new Map<string, WakeSocket>();
  starts: { at: number; key: string }[] = [];
  delays = { ...STEADY };
  #probes: ProbeOutcome[] = [];
  readonly #meters = new Meters();
  #serial = 0;

  get published(): Published | null {
    return this.nginx.published;
  }

  /** Lets time pass: jobs end, workers die and restart, publishes end. Returns whether anything happened. */
  advance(ms: number): boolean {
    this.now += ms;
    let happened = this.nginx.settle(this.now);
    for (const [key, worker] of this.workers) {
      happened = worker.settle(this.now) || happened;
      if (worker.isGone) this.workers.delete(key);
    }
    return happened;
  }

  /** Sets the clock forward or back, ms; all else stays the same. */
  setClock(ms: number): void {
    this.now += ms;
    this.nginx.nextAt += ms;
    for (const worker of this.workers.values()) worker.shift(ms);
  }

  /** When the next event happens by itself, ms. */
  nextEvent(): number {
    return Math.min(this.nginx.nextAt, ...[...this.workers.values()].map(w => w.nextAt));
  }

  /** Kills the process of a slot. */
  kill(pool: string, slot: number): void {
    this.workers.get(keyOf(pool, slot))?.die(this.now);
  }

  /** Probes each target now. It finds whichever life listens there. */
  probe(targets: readonly ProbeTarget[]): void {
    for (const { pool, slot, invocation } of targets)
      this.#probes.push({ pool: pool.name, slot, invocation, at: this.now, ...this.answer(pool.name, slot) });
  }

  /** What a probe of a slot finds now. */
  answer(pool: string, slot: number): Pick<ProbeOutcome, 'ok' | 'late' | 'detail'> {
    const worker = this.workers.get(keyOf(pool, slot));
    return {
      ok: worker?.answers(this.now) ?? false,
      late: worker?.isLate ?? false,
      detail: worker?.behaviour ?? 'no worker',
    };
  }

  world(change: Partial<World> = {}): World {
    return {
      ...nothingSeen(),
      epoch: this.epoch,
      cores: 4,
      units: [...this.workers.values()].map(w => ({ ...w.unit })),
      probes: this.#probes.splice(0),
      load: this.alive().map(w => this.#load(w)),
      socketFiles: new Set(this.#socketFiles()),
      listening: new Set([...this.strangers, ...this.#held(), ...this.#listening()]),
      published: this.nginx.published,
      publishing: this.nginx.isPublishing,
      wakeSockets: [...this.wakeSockets.values()].map(socket => ({ ...socket })),
      ...change,
    };
  }

  /** As if every pool listened on socket files; but for those that somebody removed. */
  #socketFiles(): string[] {
    return this.alive()
      .filter(worker => worker.answers(this.now) || worker.unit.held)
      .map(({ unit }) => socketPath(unit.pool, unit.slot))
      .filter(path => !this.removed.has(path));
  }

  #listening(): number[] {
    return this.alive()
      .filter(worker => worker.answers(this.now))
      .map(({ unit }) => unit.slot);
  }

  #held(): number[] {
    return [...this.workers.values()].filter(w => w.unit.held).map(w => w.unit.slot);
  }

  carryOut(actions: readonly Action[]): void {
    for (const action of actions) this.do(action);
  }

  do(action: Action): void {
    if (action.kind === 'publish') this.nginx.publish(action, this.now + this.delays.publish());
    else if (!('slot' in action)) this.#setWakeSocket(action.pool, action.kind === 'openWakeSocket');
    else if (action.kind === 'start') this.start(action.pool, action.slot);
    else this.#change(action, keyOf(action.pool, action.slot));
  }

  /** `systemctl start`: nothing where it runs, a new life where it does not. */
  start(pool: string, slot: number): void {
    const key = keyOf(pool, slot);
    const worker = this.workers.get(key) ?? this.#worker(pool, slot);
    this.workers.set(key, worker);
    worker.start(this.now);
  }

  #worker(pool: string, slot: number): Worker {
    const lives = { behaviour: () => this.#next(keyOf(pool, slot)), serial: () => ++this.#serial };
    return new Worker(pool, slot, this.delays, lives, this.activated.has(pool));
  }

  #setWakeSocket(pool: string, listening: boolean): void {
    if (listening) this.wakeSockets.set(pool, { pool, listening, hasRequest: false, job: false });
    else this.wakeSockets.delete(pool);
  }

  /** Sends a request to a sleeping pool; it waits at the wake socket. */
  request(pool: string): void {
    const socket = this.wakeSockets.get(pool);
    if (socket && this.published?.live[pool]?.includes(WAKE_SLOT)) socket.hasRequest = true;
  }

  /** What wake services do once the endpoint of an instance is known. */
  serveWaiting(wakeTargets: Record<string, string | null>): void {
    for (const socket of this.wakeSockets.values()) if (wakeTargets[socket.pool]) socket.hasRequest = false;
  }

  /** Adds the signals that the controller's meters measure. `serving`: the lives whose load counts. */
  measure(installed: { pools: InstalledPool[] }, world: World, serving: ReadonlySet<string>): World {
    this.#meters.setPools(installed);
    const requests = new Map(
      world.load.map(({ pool, slot, requests }) => [
        endpoint({ name: pool, listen: 'tcp' }, slot),
        { count: requests ?? 0, errors: 0, latencies: new Histogram() },
      ]),
    );
    this.#meters.add({ ...world, woken: new Set() }, serving, requests, new Map(), this.now);
    return world.tick ? { ...world, ...this.#meters.signals(this.now) } : world;
  }

  #change(action: Extract<Action, { kind: 'restart' | 'stop' | 'resetFailed' }>, key: string): void {
    const worker = this.workers.get(key);
    if (action.kind === 'restart') worker?.restart(this.now);
    else if (action.kind === 'stop') worker?.stop(this.now, action.held);
    else if (worker?.unit.active === 'failed') worker.leave();
    if (worker?.isGone) this.workers.delete(key);
  }

  alive(): Worker[] {
    return [...this.workers.values()].filter(w => w.unit.active === 'active');
  }

  /** A new life begins: returns how it behaves. */
  #next(key: string): Behaviour {
    const [pool = '', slot] = key.split('@');
    this.starts.push({ at: this.now, key });
    return this.strangers.has(Number(slot)) ? 'crashes' : this.behaviour(pool, Number(slot));
  }

  #load(worker: Worker): LoadSample {
    const { unit, connections, waiting, cpuUsec, memory } = worker;
    return {
      pool: unit.pool,
      slot: unit.slot,
      invocation: unit.invocation,
      cpuUsec,
      cpu: null,
      stalled: null,
      memory,
      open: connections,
      connections,
      waiting,
      ended: worker.takeEnded(),
      oldest: worker.oldest,
      requests: worker.requests,
    };
  }
}
