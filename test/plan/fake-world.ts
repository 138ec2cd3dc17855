import type { Action } from '../../src/plan/action.ts';
import type { LoadSample, Published, Unit, World } from '../../src/plan/world.ts';
import type { InstalledPool } from '../../src/pool/installed.ts';
import type { Pool } from '../../src/pool/pool.ts';

/** How the worker on a slot behaves in its next life. */
export type Behaviour = 'well' | 'hangs' | 'never-ready' | 'crashes' | 'missing';

export const pool = (change: Partial<Pool> = {}): Pool => ({
  name: 'search',
  description: 'Search workers',
  exec: '/bin/search %i',
  listen: 'tcp',
  slots: [8000, 8001, 8002, 8003, 8004],
  min: 2,
  max: 4,
  drainTimeout: 30_000,
  health: {
    probe: 'http',
    path: '/',
    host: 'localhost',
    status: { least: 200, most: 399 },
    interval: 2000,
    timeout: 500,
    rise: 2,
    fall: 3,
    restartAfter: 4,
    startTimeout: 10_000,
  },
  scale: { cpu: 0.7, concurrency: null, window: 60_000 },
  nginx: {
    location: '/api/search',
    balance: { method: 'least_conn' },
    connectTimeout: 1000,
    readTimeout: 30_000,
    idempotent: false,
    maxBody: 1 << 20,
  },
  service: [],
  unit: [],
  slice: [],
  ...change,
});

export const installed = (...pools: Pool[]): { pools: InstalledPool[] } => ({
  pools: pools.map(p => ({ pool: p, changedAt: 0 })),
});

interface Worker {
  unit: Unit;
  behaviour: Behaviour;
  connections: number;
  cpuUsec: number;
  /** When it dies by itself, ms. */
  dies: number;
}

/** systemd's own restarts before it gives a unit up, as the unit template sets them. */
const BURST = 5;
const START_TAKES = 120;

/** A machine that does what it is told, in virtual time: for the planner only. */
export class FakeWorld {
  now = 1_000_000;
  published: Published | null = { generation: 1, live: {}, error: null, at: 0 };
  publishing: { until: number; generation: number; live: Published['live'] } | null = null;
  publishFails = false;
  strangers = new Set<number>();
  behaviour: (pool: string, slot: number) => Behaviour = () => 'well';
  workers = new Map<string, Worker>();
  starts: { at: number; key: string }[] = [];
  /** Units that their workers' own deaths took down. */
  deaths: { at: number; key: string }[] = [];
  #serial = 0;

  /** Time passes: workers die and publishes end. */
  advance(ms: number): void {
    this.now += ms;
    for (const [key, worker] of this.workers) if (worker.dies <= this.now) this.#die(key, worker);
    if (this.publishing && this.publishing.until <= this.now) this.#publishEnds(this.publishing);
  }

  kill(poolName: string, slot: number): void {
    const key = `${poolName}@${slot}`;
    const worker = this.workers.get(key);
    if (worker) this.#die(key, worker);
  }

  world(change: Partial<World> = {}): World {
    return {
      units: [...this.workers.values()].map(w => ({ ...w.unit })),
      probes: this.#probes(),
      load: [...this.workers.values()].map(w => this.#load(w)),
      listening: this.strangers,
      published: this.published,
      publishing: this.publishing !== null,
      tick: false,
      commands: [],
      ...change,
    };
  }

  carryOut(actions: readonly Action[]): void {
    for (const action of actions) this.#one(action);
  }

  alive(): Worker[] {
    return [...this.workers.values()].filter(w => w.unit.active === 'active');
  }

  #one(action: Action): void {
    if (action.kind === 'publish') {
      this.publishing = { until: this.now + 250, generation: action.generation, live: action.live };
      return;
    }
    const key = `${action.pool}@${action.slot}`;
    if (action.kind === 'start') this.#start(key, action.pool, action.slot);
    else this.workers.delete(key);
  }

  #start(key: string, poolName: string, slot: number, restarts = 0): void {
    const behaviour = this.strangers.has(slot) ? 'crashes' : this.behaviour(poolName, slot);
    const unit: Unit = {
      pool: poolName,
      slot,
      active: behaviour === 'missing' ? 'failed' : 'active',
      job: false,
      invocation: `life${++this.#serial}`,
      pid: behaviour === 'missing' ? 0 : this.#serial,
      startedAt: this.now,
      restarts,
      result: behaviour === 'missing' ? 'exit-code' : 'success',
      exit: behaviour === 'missing' ? 203 : 0,
    };
    const dies = behaviour === 'crashes' ? this.now + 50 : Number.POSITIVE_INFINITY;
    this.starts.push({ at: this.now, key });
    this.workers.set(key, { unit, behaviour, connections: 0, cpuUsec: 0, dies });
  }

  #die(key: string, { unit }: Worker): void {
    this.deaths.push({ at: this.now, key });
    const recent = this.deaths.filter(d => d.key === key && d.at > this.now - 10_000).length;
    if (recent < BURST) this.#start(key, unit.pool, unit.slot, unit.restarts + 1);
    else {
      const failed: Unit = { ...unit, active: 'failed', pid: 0, result: 'exit-code', exit: 1 };
      this.workers.set(key, {
        unit: failed,
        behaviour: 'missing',
        connections: 0,
        cpuUsec: 0,
        dies: Infinity,
      });
    }
  }

  #publishEnds({ generation, live }: NonNullable<FakeWorld['publishing']>): void {
    const old = this.published ?? { generation: 0, live: {}, error: null, at: 0 };
    this.published = this.publishFails
      ? { ...old, error: 'nginx -t failed', at: this.now }
      : { generation, live, error: null, at: this.now };
    this.publishing = null;
  }

  #probes(): World['probes'] {
    return this.alive().map(({ unit, behaviour }) => ({
      pool: unit.pool,
      slot: unit.slot,
      invocation: unit.invocation,
      ok: behaviour === 'well' && this.now - unit.startedAt >= START_TAKES,
      detail: behaviour,
    }));
  }

  #load({ unit, connections, cpuUsec }: Worker): LoadSample {
    return { pool: unit.pool, slot: unit.slot, invocation: unit.invocation, cpuUsec, connections };
  }
}
