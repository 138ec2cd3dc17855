import type { Health, NginxRoute, Pool, Probe, Scale, Sharing } from '../model/pool.ts';
import { familyOf, type Sections, scaledSlots, slotsOf } from './sections.ts';

/** A value that is present, since its absence would be a problem and the pool not built. */
function expect<T>(value: T | null): T {
  if (value === null) throw new TypeError('a value is missing, but no problem was reported');
  return value;
}

/** With Listen=fd a connection succeeds even if the worker is dead, so only a request shows that it works. */
function defaultProbe({ values: v }: Sections['pool']): Probe {
  const protocol = expect(v.Protocol);
  if (protocol !== 'grpc' && protocol !== 'tcp') return protocol;
  return v.Listen === 'fd' ? 'none' : 'tcp';
}

function buildHealth({ pool, health: { values: v } }: Sections): Health {
  const fall = expect(v.Fall);
  return {
    probe: v.Probe ?? defaultProbe(pool),
    command: v.Command ?? '',
    path: v.Path ?? '/',
    host: expect(v.Host),
    status: v.Status ?? { least: 200, most: v.Path === null ? 499 : 399 },
    interval: expect(v.Interval),
    timeout: expect(v.Timeout),
    rise: expect(v.Rise),
    fall,
    restartAfter: v.RestartAfter ?? fall,
    startTimeout: expect(v.StartTimeout),
    body: v.Body,
    restarts: expect(v.Restarts),
    requestTimeout: v.RequestTimeout,
  };
}

const buildScale = ({ values: v }: Sections['scale']): Scale => ({
  cpu: v.CPU,
  concurrency: v.Concurrency,
  requests: v.Requests,
  latency: v.Latency,
  queue: v.Queue,
  external: v.External,
  metric: v.Metric,
  metricMaxAge: v.MetricMaxAge,
  spare: expect(v.Spare),
  tolerance: expect(v.Tolerance),
  window: expect(v.Window),
  stableWindow: expect(v.StableWindow),
  panicWindow: expect(v.PanicWindow),
  stepUp: v.StepUp,
  stepDown: v.StepDown,
  idleTimeout: expect(v.IdleTimeout),
});

const buildSharing = (v: Sections['nginx']['values']): Sharing => ({
  balance: expect(v.Balance),
  weight: expect(v.Weight),
  maxConns: v.MaxConns,
  keepalive: expect(v.Keepalive),
  backup: v.Backup ?? [],
});

/** As in nginx. */
const DEFAULT_MAX_BODY_BYTES = 1024 * 1024;

/** nginx's default for streams: a connection of an unknown protocol may be silent for long. */
const DEFAULT_STREAM_TIMEOUT_MS = 600_000;

const readTimeoutOf = ({ pool, nginx }: Sections): number =>
  pool.values.Protocol === 'tcp' && nginx.lineOf('ReadTimeout') === 0
    ? DEFAULT_STREAM_TIMEOUT_MS
    : expect(nginx.values.ReadTimeout);

const maxBodyOf = ({ pool, nginx }: Sections): number =>
  nginx.values.MaxBody ?? (pool.values.Protocol === 'grpc' ? 0 : DEFAULT_MAX_BODY_BYTES);

const buildRoute = (sections: Sections, v: Sections['nginx']['values']): NginxRoute => ({
  location: v.Location,
  stream: v.ListenStream,
  ...buildSharing(v),
  script: v.Script,
  root: v.Root,
  scriptExtensions: [...expect(v.ScriptExtensions)],
  accelRedirect: expect(v.AccelRedirect),
  set: [...(v.Set ?? [])],
  buffering: expect(v.Buffering),
  requestBuffering: expect(v.RequestBuffering),
  connectTimeout: expect(v.ConnectTimeout),
  readTimeout: readTimeoutOf(sections),
  idempotent: expect(v.Idempotent),
  maxBody: maxBodyOf(sections),
  slowLog: v.SlowLog,
});

/** A pool without its schedules and the lines that are copied into units. */
type PoolOfKeys = Omit<Pool, 'schedules' | 'service' | 'unit' | 'slice'>;

/** Builds a pool from sections without problems; throws a TypeError if a value is missing. */
export function buildPool(name: string, sections: Sections): PoolOfKeys {
  const { values: v } = sections.pool;
  return {
    name,
    description: v.Description ?? `${name} pool`,
    exec: expect(v.Exec),
    listen: familyOf(sections.pool),
    activated: v.Listen === 'fd',
    protocol: expect(v.Protocol),
    slots: slotsOf(sections.pool),
    min: expect(v.Min),
    max: v.Max ?? scaledSlots(sections).length,
    drainTimeout: expect(v.DrainTimeout),
    rollout: { surge: expect(v.Surge), batch: expect(v.Batch) },
    recycling: { maxAge: v.MaxAge, maxMemory: v.MaxMemory, maxRequests: v.MaxRequests },
    health: buildHealth(sections),
    scale: buildScale(sections.scale),
    nginx: buildRoute(sections, sections.nginx.values),
  };
}
