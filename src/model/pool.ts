import { either, flag, type Infer, list, nullable, number, oneOf, record, text } from '../base/schema.ts';

/*
 * The desired state of one pool: the meaning of one NAME.pool file. All durations are in milliseconds, all sizes in bytes.
 */

/** A line of [Service], [Unit] or [Slice], byte for byte as the administrator wrote it. */
const directive = record({ key: text, value: text, line: number });
export type Directive = Infer<typeof directive>;

/** The kind of address that nginx connects to. */
const listen = oneOf('tcp', 'unix');
export type Listen = Infer<typeof listen>;

/** The protocol that workers speak; `tcp` is any protocol, forwarded as bytes. */
const protocol = oneOf('http', 'fastcgi', 'scgi', 'uwsgi', 'grpc', 'tcp');
export type Protocol = Infer<typeof protocol>;

const probe = oneOf('http', 'fastcgi', 'scgi', 'uwsgi', 'tcp', 'exec', 'none');
export type Probe = Infer<typeof probe>;

const health = record({
  probe,
  /** Command line of the exec probe; empty for other probes. */
  command: text,
  path: text,
  host: text,
  /** HTTP statuses that count as healthy, both ends included. */
  status: record({ least: number, most: number }),
  interval: number,
  timeout: number,
  /** Successes in a row that make an instance healthy. */
  rise: number,
  /** Failures in a row that make an instance unhealthy: nginx sends no more requests to it. */
  fall: number,
  /** Failures in a row after which an instance is restarted; 0: never. */
  restartAfter: number,
  /** How long a started instance may take to become healthy. */
  startTimeout: number,
  /** Text that the body of a healthy answer contains; null: any. */
  body: nullable(text),
  /** How many instances that fail their probes are replaced at a time. */
  restarts: number,
  /** An instance that holds a request for longer counts as hung; null: no limit. */
  requestTimeout: nullable(number),
});
export type Health = Infer<typeof health>;

/** How old instances are replaced. */
const rollout = record({
  /** How many instances above the desired number may run during the rollout. */
  surge: number,
  /** How many are replaced at a time. */
  batch: number,
});

/** When a healthy instance is replaced; null: never. */
const recycling = record({
  maxAge: nullable(number),
  maxMemory: nullable(number),
  maxRequests: nullable(number),
});

/** How far the number of instances may change at one tick. */
const step = either(record({ instances: number }), record({ share: number }));
export type Step = Infer<typeof step>;

/** Source of a number that cgipool does not measure itself. */
const metricSource = either(
  record({ kind: oneOf('exec'), command: text }),
  record({ kind: oneOf('file'), path: text }),
);
export type MetricSource = Infer<typeof metricSource>;

/** What decides between Min= and Max=; a target of null is ignored. */
const scale = record({
  /** Share of one core per instance; 0.7 is 70%. */
  cpu: nullable(number),
  /** Connections per instance, in service and queued. */
  concurrency: nullable(number),
  /** Requests a second per instance. */
  requests: nullable(number),
  /** Quantile (0.95 is p95) of the response time, and its target. */
  latency: nullable(record({ quantile: number, target: number })),
  /** Connections per instance that it has not accepted yet. */
  queue: nullable(number),
  /** The value of Metric= per instance. */
  external: nullable(number),
  metric: nullable(metricSource),
  /** How long the number in a file is valid after its last change, ms; null: forever. */
  metricMaxAge: nullable(number).or(300_000),
  /** Idle instances to keep in addition to the busy ones; 0: ignored. */
  spare: number,
  /** Share of a target by which a measurement may miss it before the number changes. */
  tolerance: number,
  /** The scale-down window: never shrink below the highest recommendation within it. */
  window: number,
  /** Time over which measurements are averaged; the second one detects bursts. */
  stableWindow: number,
  panicWindow: number,
  /** Largest change at one tick; null: no limit. */
  stepUp: nullable(step),
  stepDown: nullable(step),
  /** With Min=0: how long without a request before the last instance is stopped. */
  idleTimeout: number,
});
export type Scale = Infer<typeof scale>;

/** Other limits at certain times. */
const schedule = record({
  name: text,
  /** When it begins: a calendar event of systemd.time(7). */
  onCalendar: text,
  /** How long it stays in force. */
  duration: number,
  min: number,
  max: number,
  line: number,
});
export type Schedule = Infer<typeof schedule>;

/** How nginx picks an instance; `hash` is consistent hashing over a text with nginx variables. */
const balance = either(
  record({ method: oneOf('round_robin', 'least_conn', 'random', 'ip_hash') }),
  record({ method: oneOf('hash'), key: text }),
);
export type Balance = Infer<typeof balance>;

/** How nginx distributes requests among the instances of a pool. */
const sharing = {
  balance,
  /** `auto`: instances with more CPU time to spare get more requests. */
  weight: oneOf('equal', 'auto'),
  /** Maximum number of connections to one instance; null: no limit. */
  maxConns: nullable(number),
  /** Idle connections to the pool that each nginx worker keeps open; 0: a new connection for each request. */
  keepalive: number,
  /** Slots that get requests only while no other instance answers. */
  backup: list(number),
};

const nginxRoute = record({
  /** URL prefix that nginx routes to the pool; null: no route. */
  location: nullable(text),
  /** With Protocol=tcp: what nginx listens on for the pool; null: no route. */
  stream: nullable(text),
  ...sharing,
  /** FastCGI: the script for all requests, or the folder of scripts that paths name; at most one is not null. */
  script: nullable(text),
  root: nullable(text),
  /** Extensions of the scripts below root, without the dot. 0.1.0 recorded neither this nor the next one. */
  scriptExtensions: list(text).or(['php']),
  /** Whether nginx honors X-Accel-Redirect of workers. */
  accelRedirect: flag.or(false),
  /** Additional directives of the location, each without its semicolon. */
  set: list(text),
  /** Whether nginx buffers answers, and whether it buffers requests. */
  buffering: flag,
  requestBuffering: flag,
  /** proxy_connect_timeout and proxy_read_timeout. */
  connectTimeout: number,
  readTimeout: number,
  /** Whether nginx may repeat a failed POST, LOCK or PATCH on another instance. */
  idempotent: flag,
  /** client_max_body_size; 0: no limit. */
  maxBody: number,
  /** Requests that take longer are logged to the journal; null: none is. */
  slowLog: nullable(number),
});
export type NginxRoute = Infer<typeof nginxRoute>;
export type Sharing = Pick<NginxRoute, keyof typeof sharing>;

export const pool = record({
  name: text,
  description: text,
  /** Command line as in ExecStart=; systemd expands its specifiers, %i is the slot. */
  exec: text,
  listen,
  /** systemd opens the listening sockets and passes them to the instances (Listen=fd). */
  activated: flag,
  protocol,
  /** In ascending order. tcp: ports; unix: plain numbers. */
  slots: list(number),
  min: number,
  max: number,
  /** How long a drained instance may take to finish its requests. */
  drainTimeout: number,
  rollout,
  recycling,
  health,
  scale,
  nginx: nginxRoute,
  /** In the order of the file: if several are in force, the first one counts. */
  schedules: list(schedule),
  service: list(directive),
  unit: list(directive),
  slice: list(directive),
});
export type Pool = Infer<typeof pool>;
