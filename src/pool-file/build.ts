import type { Health, NginxRoute, Pool, Probe, Scale, Sharing } from '../model/pool.ts';
import { familyOf, type Sections, scaledSlots, slotsOf } from './sections.ts';

/** A value whose absence was reported already; the pool is then not built. */
function given<T>(value: T | null): T {
  if (value === null) throw new TypeError('a value without a problem is missing');
  return value;
}

/** Where systemd takes connections for the worker, only a request tells whether it lives. */
function probeOf({ values: v }: Sections['pool']): Probe {
  const protocol = given(v.Protocol);
  if (protocol !== 'grpc' && protocol !== 'tcp') return protocol;
  return v.Listen === 'fd' ? 'none' : 'tcp';
}

function health({ pool, health: { values: v } }: Sections): Health {
  const fall = given(v.Fall);
  return {
    probe: v.Probe ?? probeOf(pool),
    command: v.Command ?? '',
    path: v.Path ?? '/',
    host: given(v.Host),
    status: v.Status ?? { least: 200, most: v.Path === null ? 499 : 399 },
    interval: given(v.Interval),
    timeout: given(v.Timeout),
    rise: given(v.Rise),
    fall,
    restartAfter: v.RestartAfter ?? fall,
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

const sharing = (v: Sections['nginx']['values']): Sharing => ({
  balance: given(v.Balance),
  weight: given(v.Weight),
  maxConns: v.MaxConns,
  keepalive: given(v.Keepalive),
  backup: v.Backup ?? [],
});

const MAX_BODY_BYTES = 1024 * 1024;

/** A connection of no known protocol may be silent for long. */
const STREAM_TIMEOUT_MS = 600_000;

const readTimeout = ({ pool, nginx }: Sections): number =>
  pool.values.Protocol === 'tcp' && nginx.lineOf('ReadTimeout') === 0
    ? STREAM_TIMEOUT_MS
    : given(nginx.values.ReadTimeout);

const maxBody = ({ pool, nginx }: Sections): number =>
  nginx.values.MaxBody ?? (pool.values.Protocol === 'grpc' ? 0 : MAX_BODY_BYTES);

const proxy = (read: Sections, v: Sections['nginx']['values']): NginxRoute => ({
  location: v.Location,
  stream: v.ListenStream,
  ...sharing(v),
  script: v.Script,
  root: v.Root,
  scriptExtensions: [...given(v.ScriptExtensions)],
  accelRedirect: given(v.AccelRedirect),
  set: [...(v.Set ?? [])],
  buffering: given(v.Buffering),
  requestBuffering: given(v.RequestBuffering),
  connectTimeout: given(v.ConnectTimeout),
  readTimeout: readTimeout(read),
  idempotent: given(v.Idempotent),
  maxBody: maxBody(read),
  slowLog: v.SlowLog,
});

/** The part of a pool that its own keys say; the rest is copied. */
type Keyed = Omit<Pool, 'schedules' | 'service' | 'unit' | 'slice'>;

/** A pool of sections that have no problem; throws a TypeError when they have one. */
export function buildPool(name: string, read: Sections): Keyed {
  const { values: v } = read.pool;
  return {
    name,
    description: v.Description ?? `${name} pool`,
    exec: given(v.Exec),
    listen: familyOf(read.pool),
    activated: v.Listen === 'fd',
    protocol: given(v.Protocol),
    slots: slotsOf(read.pool),
    min: given(v.Min),
    max: v.Max ?? scaledSlots(read).length,
    drainTimeout: given(v.DrainTimeout),
    rollout: { surge: given(v.Surge), batch: given(v.Batch) },
    recycling: { maxAge: v.MaxAge, maxMemory: v.MaxMemory, maxRequests: v.MaxRequests },
    health: health(read),
    scale: scale(read.scale),
    nginx: proxy(read, read.nginx.values),
  };
}
