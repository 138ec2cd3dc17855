import { isQueued, type Unit } from '../../src/model/observed.ts';

/** How long things take, ms; the simulation draws them. */
export interface Delays {
  start: () => number;
  ready: () => number;
  restart: () => number;
  publish: () => number;
}

/** How a worker behaves in a life. SIGTERM ends one that freezes, but not one that hangs, or that serves and ignores it. */
export type Behaviour =
  | 'well'
  | 'hangs'
  | 'freezes'
  | 'ignores'
  | 'never-ready'
  | 'crashes'
  | 'crashes-late'
  | 'missing'
  | 'slow'
  | 'overloaded';

/** StartLimitBurst= and StartLimitIntervalSec= of the unit template. */
const BURST = 5;
const INTERVAL = 10_000;
/** TimeoutStopSec=, for a worker that ignores SIGTERM. */
const STOP_TIMEOUT = 10_000;
const LATE: ReadonlySet<Behaviour> = new Set(['hangs', 'freezes', 'overloaded']);
const SERVING: ReadonlySet<Behaviour> = new Set(['well', 'slow', 'ignores']);
/** systemd kills them, and their units fail. */
const STUBBORN: ReadonlySet<Behaviour> = new Set(['hangs', 'ignores']);
const CRASHES_AFTER = 50;
/** Below the start limit. */
const CRASHES_LATE = 3_000;
const SLOW = 4_000;

/** What a new life gets. */
export interface LifeSource {
  behaviour: () => Behaviour;
  /** Distinguishes lives within one world: the same seed gives the same run. */
  serial: () => number;
}

/*
 * A unit as systemd has it:
 *
 *   start -> activating (job) -> active --dies--> activating (restart) -> active ... -> failed (start limit)
 *   stop  -> deactivating (job) -> gone, or inactive while systemd still holds its socket
 *
 * A stop while the start job still waits cancels it, and no unit was ever visible.
 */
export class Worker {
  unit: Unit;
  behaviour: Behaviour = 'well';
  connections = 0;
  waiting = 0;
  cpuUsec = 0;
  memory = 0;
  /** In each pass. */
  requests = 0;
  oldest: number | null = null;
  isGone = false;
  /** When the next step of the state machine comes, ms. */
  nextAt = Number.POSITIVE_INFINITY;
  #next: (now: number) => void = () => {};
  #lives: number[] = [];
  #readyAt = 0;
  #serial = 0;

  constructor(
    pool: string,
    slot: number,
    readonly delays: Delays,
    readonly lives: LifeSource,
    /** Listen=fd: a start opens its socket, and only a stop of the socket closes it. */
    readonly activated = false,
  ) {
    const never = {
      invocation: '',
      pid: 0,
      uid: null,
      startedAt: 0,
      restarts: 0,
      result: 'success',
      exit: 0,
    };
    this.unit = {
      pool,
      slot,
      active: 'inactive',
      sub: 'dead',
      job: false,
      held: false,
      socketFailed: false,
      ...never,
    };
  }

  /** Takes all steps that are due. Returns whether there was one. */
  settle(now: number): boolean {
    const due = this.nextAt <= now;
    while (this.nextAt <= now && !this.isGone) {
      const [at, next] = [this.nextAt, this.#next];
      this.nextAt = Number.POSITIVE_INFINITY;
      next(at);
    }
    return due;
  }

  /** The clock was set: future steps stay as far away. */
  shift(ms: number): void {
    this.nextAt += ms;
    this.#readyAt += ms;
    this.#lives = this.#lives.map(at => at + ms);
  }

  answers(now: number): boolean {
    const up = this.unit.active === 'active' && now >= this.#readyAt;
    return up && SERVING.has(this.behaviour);
  }

  /** Its probes time out, rather than fail at once. */
  get isLate(): boolean {
    return this.unit.active === 'active' && LATE.has(this.behaviour);
  }

  /** Connections ended since the last pass: an overloaded worker ends one. */
  takeEnded(): number {
    return this.behaviour === 'overloaded' && this.unit.active === 'active' ? 1 : 0;
  }

  start(now: number): void {
    if (this.unit.job || (this.unit.active !== 'inactive' && this.unit.active !== 'failed')) return;
    // the job waits for a moment before it shows
    this.unit = { ...this.unit, restarts: 0, job: true, held: this.activated };
    this.#then(now + 2, at => this.#activate(at, this.delays.start(), true));
  }

  /** `held`: stops its socket, and the instance with it. */
  stop(now: number, held = false): void {
    if (held) this.unit = { ...this.unit, held: false };
    if (this.unit.active === 'deactivating') return;
    if (isQueued(this.unit)) this.#cancelStart();
    else if (this.unit.active !== 'failed') this.#deactivate(now);
  }

  /** The start job is cancelled. */
  #cancelStart(): void {
    this.nextAt = Number.POSITIVE_INFINITY;
    if (this.unit.active === 'inactive') this.leave();
    else this.unit = { ...this.unit, job: false };
  }

  #deactivate(now: number, then: (now: number) => void = () => this.#end()): void {
    const takes = STUBBORN.has(this.behaviour) ? STOP_TIMEOUT : 5;
    this.unit = { ...this.unit, active: 'deactivating', sub: 'stop-sigterm', job: true };
    this.#then(now + takes, then);
  }

  #end(): void {
    if (STUBBORN.has(this.behaviour)) this.#fail('timeout', 9);
    else this.leave();
  }

  /** `systemctl restart`: a stop and a start, as one job. */
  restart(now: number): void {
    if (this.unit.active !== 'active') return;
    this.#deactivate(now, at => this.#activate(at, this.delays.start(), true));
  }

  /** The unit is unloaded, unless its socket is still open. */
  leave(): void {
    this.isGone = !this.unit.held;
    this.unit = { ...this.unit, active: 'inactive', sub: 'dead', job: false, pid: 0 };
  }

  /** The process dies: systemd restarts it, up to the start limit. */
  die(now: number): void {
    if (this.unit.active !== 'active') return;
    Object.assign(this, { connections: 0, oldest: null });
    this.#activate(now, this.delays.restart(), false);
  }

  #activate(now: number, takes: number, job: boolean): void {
    this.#lives = this.#lives.filter(at => at > now - INTERVAL);
    if (this.#lives.length >= BURST) this.#fail('exit-code', 1);
    else {
      this.unit = { ...this.unit, active: 'activating', sub: job ? 'start' : 'auto-restart', job, pid: 0 };
      // systemd sets the invocation ID when a job begins; for its own restarts, after the wait
      if (job) this.#name();
      this.#then(now + takes, at => this.#live(at, job));
    }
  }

  #name(): void {
    this.#serial = this.lives.serial();
    this.unit = { ...this.unit, invocation: `life${this.#serial}` };
  }

  #live(now: number, fresh: boolean): void {
    this.behaviour = this.lives.behaviour();
    this.#lives.push(now);
    if (!fresh) this.#name();
    const restarts = fresh ? 0 : this.unit.restarts + 1;
    this.unit = { ...this.unit, startedAt: now, restarts };
    if (this.behaviour === 'missing') this.#fail('exit-code', 203);
    else this.#run(now);
  }

  #run(now: number): void {
    this.unit = {
      ...this.unit,
      active: 'active',
      sub: 'running',
      job: false,
      pid: this.#serial,
      result: 'success',
      exit: 0,
    };
    this.#readyAt = now + (this.behaviour === 'slow' ? SLOW : this.delays.ready());
    if (this.behaviour === 'crashes') this.#then(now + CRASHES_AFTER, at => this.die(at));
    if (this.behaviour === 'crashes-late') this.#then(now + CRASHES_LATE, at => this.die(at));
  }

  #fail(result: string, exit: number): void {
    this.nextAt = Number.POSITIVE_INFINITY;
    this.unit = { ...this.unit, active: 'failed', sub: 'failed', job: false, pid: 0, result, exit };
  }

  #then(at: number, next: (now: number) => void): void {
    this.nextAt = at;
    this.#next = next;
  }
}
