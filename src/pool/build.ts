import type { Health, NginxRoute, Pool, Scale } from './pool.ts';
import { type Sections, slotsOf } from './sections.ts';

/** A value whose absence was reported already; the pool is then not built. */
function given<T>(value: T | null): T {
  if (value === null) throw new TypeError('a value without a problem is missing');
  return value;
}

function health({ values: v }: Sections['health']): Health {
  const fall = given(v.Fall);
  return {
    probe: given(v.Probe),
    command: v.Command ?? '',
    path: v.Path ?? '/',
    host: given(v.Host),
    status: v.Status ?? { least: 200, most: v.Path === null ? 499 : 399 },
    interval: given(v.Interval),
    timeout: given(v.Timeout),
    rise: given(v.Rise),
    fall,
    restartAfter: v.RestartAfter ?? fall + 1,
    startTimeout: given(v.StartTimeout),
    body: v.Body,
    restarts: given(v.Restarts),
    requestTimeout: v.RequestTimeout,
  };
}

const scale = ({ values: v }: Sections['scale']): Scale => ({
  cpu: v.CPU,
  concurrency: v.Concurrency,
  requests: v.Requests,
  latency: v.Latency,
  queue: v.Queue,
  external: v.External,
  metric: v.Metric,
  spare: given(v.Spare),
  tolerance: given(v.Tolerance),
  window: given(v.Window),
  stableWindow: given(v.StableWindow),
  panicWindow: given(v.PanicWindow),
  stepUp: v.StepUp,
  stepDown: v.StepDown,
  idleTimeout: given(v.IdleTimeout),
});

const proxy = ({ values: v }: Sections['nginx']): NginxRoute => ({
  location: v.Location,
  balance: given(v.Balance),
  connectTimeout: given(v.ConnectTimeout),
  readTimeout: given(v.ReadTimeout),
  idempotent: given(v.Idempotent),
  maxBody: given(v.MaxBody),
  slowLog: v.SlowLog,
});

/** The part of a pool that its own keys say; the rest is copied. */
type Keyed = Omit<Pool, 'schedules' | 'service' | 'unit' | 'slice'>;

/** A pool of sections that have no problem; throws a TypeError when they have one. */
export function buildPool(name: string, read: Sections): Keyed {
  const { values: v } = read.pool;
  const slots = slotsOf(read.pool);
  return {
    name,
    description: v.Description ?? `${name} pool`,
    exec: given(v.Exec),
    listen: given(v.Listen),
    slots,
    min: given(v.Min),
    max: v.Max ?? slots.length,
    drainTimeout: given(v.DrainTimeout),
    rollout: { surge: given(v.Surge), batch: given(v.Batch) },
    recycling: { maxAge: v.MaxAge, maxMemory: v.MaxMemory, maxRequests: v.MaxRequests },
    health: health(read.health),
    scale: scale(read.scale),
    nginx: proxy(read.nginx),
  };
}
