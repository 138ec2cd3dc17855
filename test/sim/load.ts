import { endpoint, WAKE_SLOT } from '../../src/model/names.ts';
import type { LoadSample } from '../../src/model/observed.ts';
import type { Pool } from '../../src/model/pool.ts';
import { isRouted } from '../../src/model/traits.ts';
import { Histogram } from '../../src/scale/histogram.ts';
import type { RequestStats } from '../../src/scale/signals.ts';
import type { Worker } from '../plan/fake-worker.ts';
import type { FakeWorld } from '../plan/fake-world.ts';

/** How long a request takes where latency is not what counts, ms. */
const USUAL_MS = 2;
const SLOW_MS = 200;
/** Where latency counts, one request of so many takes the whole time, and the others a share of it. */
const SLOW_ONE_OF = 5;
const QUICK_SHARE = 0.2;
const MEAN_SHARE = (1 + (SLOW_ONE_OF - 1) * QUICK_SHARE) / SLOW_ONE_OF;
/** How long a request takes whose connection samples show to end, ms. */
const LONG_MS = 2_000;
/** Requests that each instance gets where latency counts, per second. */
const LATENCY_RATE = 5;

const newStats = (): RequestStats => ({ count: 0, errors: 0, latencies: new Histogram() });

function connect(worker: Worker, connections: number): void {
  worker.connections = connections;
  if (connections === 0) worker.oldest = null;
}

/** The load on all pools: a total amount of what a pool is scaled on, shared by its instances. */
export class Load {
  /** By pool: cores, connections, requests a second, ms times instances, jobs or busy instances. */
  readonly amounts = new Map<string, number>();
  /** Pools of which no sample has a number. */
  readonly unknown = new Set<string>();
  /** Pools whose requests nginx does not report. */
  readonly unreported = new Set<string>();
  /** Pools whose requests take so long that samples show their connections. */
  readonly slow = new Set<string>();
  /** Requests not yet observed, by endpoint; a part of one, too. */
  #requests = new Map<string, number>();
  #stats = new Map<string, RequestStats>();
  /** By life: the requests that ended since the last sample, and the part of one that samples would show. */
  #ends = new Map<string, { count: number; took: number; part: number }>();
  #sampledAt = 0;
  #served = 0;

  constructor(readonly fake: FakeWorld) {}

  amount(pool: string): number {
    return this.amounts.get(pool) ?? 0;
  }

  /** Work is done for this long, ms. */
  work(pools: readonly Pool[], ms: number): void {
    for (const pool of pools) {
      const amount = this.amount(pool.name);
      if (amount > 0 && pool.scale.requests !== null) this.fake.request(pool.name);
      const workers = this.#serving(pool);
      this.#finish(pool, new Set(workers));
      this.#burnBackups(pool, ms);
      for (const [i, worker] of workers.entries()) this.#workOf(pool, worker, i, workers.length, ms);
    }
  }

  /** Backups do what they do, which is no load of the pool. */
  #burnBackups({ name, nginx }: Pool, ms: number): void {
    for (const worker of nginx.backup.length > 0 ? this.fake.alive() : [])
      if (worker.unit.pool === name && nginx.backup.includes(worker.unit.slot)) worker.cpuUsec += 600 * ms;
  }

  /** Where nothing is sent any more, connections end. */
  #finish(pool: Pool, serving: ReadonlySet<Worker>): void {
    if (pool.scale.concurrency === null && pool.scale.spare === 0) return;
    for (const worker of this.fake.alive())
      if (worker.unit.pool === pool.name && !serving.has(worker)) connect(worker, 0);
  }

  #serving(pool: Pool): Worker[] {
    const live = this.fake.published?.live[pool.name] ?? [];
    return this.fake
      .alive()
      .filter(({ unit }) => unit.pool === pool.name && !pool.nginx.backup.includes(unit.slot))
      .filter(({ unit }) => !isRouted(pool) || live.includes(unit.slot))
      .sort((a, b) => a.unit.slot - b.unit.slot);
  }

  #workOf(pool: Pool, worker: Worker, i: number, count: number, ms: number): void {
    const { scale, name, nginx } = pool;
    const amount = this.amount(name);
    const share = amount / count;
    // the first of them does most of the work
    const cpu = nginx.weight === 'auto' ? (i === 0 ? 0.8 * amount : (0.2 * amount) / count) : share;
    if (scale.cpu !== null) worker.cpuUsec += ms * 1000 * Math.min(1, cpu);
    if (scale.concurrency !== null) connect(worker, Math.floor((amount + i) / count));
    if (scale.spare > 0) connect(worker, i < amount ? 1 : 0);
    if (scale.requests !== null)
      this.#request(pool, worker, (share * ms) / 1000, this.slow.has(name) ? SLOW_MS : USUAL_MS);
    if (scale.latency !== null && amount > 0) this.#request(pool, worker, (LATENCY_RATE * ms) / 1000, share);
  }

  #request(pool: Pool, { unit }: Worker, count: number, took: number): void {
    const key = endpoint(pool, unit.slot);
    const due = (this.#requests.get(key) ?? 0) + count;
    const whole = Math.floor(due);
    this.#requests.set(key, due - whole);
    const ends = this.#ends.get(unit.invocation) ?? { count: 0, took, part: 0 };
    const mean = pool.scale.latency === null ? took : MEAN_SHARE * took;
    this.#ends.set(unit.invocation, { ...ends, count: ends.count + whole, took: mean });
    this.#report(pool, unit.slot, whole, took);
  }

  /** Requests that waited at wake sockets are answered, which nginx reports. */
  answered(pools: readonly Pool[], wakeTargets: Record<string, string | null>): void {
    for (const pool of pools)
      if (this.fake.wakeSockets.get(pool.name)?.hasRequest && wakeTargets[pool.name])
        this.#report(pool, WAKE_SLOT, 1, LONG_MS);
  }

  #report(pool: Pool, slot: number, count: number, took: number): void {
    if (this.unreported.has(pool.name)) return;
    const key = endpoint(pool, slot);
    const stats = this.#stats.get(key) ?? newStats();
    for (let i = 0; i < count; i++) stats.latencies.add(this.#shareOf(pool) * took);
    stats.count += count;
    this.#stats.set(key, stats);
  }

  #shareOf({ scale }: Pool): number {
    this.#served += 1;
    return scale.latency === null || this.#served % SLOW_ONE_OF === 0 ? 1 : QUICK_SHARE;
  }

  /** The requests that nginx reported since the last call, by endpoint; of each connection that ended too. */
  takeRequests(list: readonly LoadSample[], pools: readonly Pool[]): Map<string, RequestStats> {
    const byName = new Map(pools.map(pool => [pool.name, pool]));
    for (const { pool: name, slot, ended } of list) {
      const pool = byName.get(name);
      if (pool && ended) this.#report(pool, slot, ended, LONG_MS);
    }
    const taken = this.#stats;
    this.#stats = new Map();
    return taken;
  }

  /** Samples with what is known of them. */
  samples(
    list: readonly LoadSample[],
    pools: readonly Pool[],
    requests: Map<string, RequestStats>,
  ): LoadSample[] {
    const byName = new Map(pools.map(pool => [pool.name, pool]));
    const length = Math.max(1, this.fake.now - this.#sampledAt);
    this.#sampledAt = this.fake.now;
    return list.map(sample => this.#sample(sample, byName.get(sample.pool), requests, length));
  }

  #sample(
    sample: LoadSample,
    pool: Pool | undefined,
    requests: Map<string, RequestStats>,
    length: number,
  ): LoadSample {
    const known = this.unknown.has(sample.pool) ? { cpuUsec: null, connections: null, waiting: null } : {};
    const count = pool ? (requests.get(endpoint(pool, sample.slot))?.count ?? 0) : 0;
    const ended = this.#takeEnded(sample.invocation, length);
    return {
      ...sample,
      ...known,
      requests: (sample.requests ?? 0) + count,
      ended: (sample.ended ?? 0) + ended,
    };
  }

  /** Samples show a connection by its share of the time between two of them. */
  #takeEnded(invocation: string, length: number): number {
    const { count, took, part } = this.#ends.get(invocation) ?? { count: 0, took: 0, part: 0 };
    const shown = part + count * Math.min(1, took / length);
    this.#ends.set(invocation, { count: 0, took, part: shown - Math.floor(shown) });
    return Math.floor(shown);
  }

  /** The numbers of Metric=, by pool. */
  externals(pools: readonly Pool[]): Map<string, number | null> {
    const all = pools.filter(({ scale }) => scale.external !== null);
    return new Map(all.map(({ name }) => [name, this.unknown.has(name) ? null : this.amount(name)]));
  }
}
