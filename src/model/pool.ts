import { either, flag, type Infer, list, nullable, number, oneOf, record, text } from '../base/schema.ts';

/*
 * What is wanted of one pool: the meaning of one NAME.pool file. All durations are milliseconds, all sizes bytes.
 */

/** A line of a pass-through section, byte for byte as the administrator wrote it. */
const directive = record({ key: text, value: text, line: number });
export type Directive = Infer<typeof directive>;

/** The kind of address that nginx dials. */
const listen = oneOf('tcp', 'unix');
export type Listen = Infer<typeof listen>;

/** What workers speak; `tcp` is anything, passed on byte by byte. */
const protocol = oneOf('http', 'fastcgi', 'scgi', 'uwsgi', 'grpc', 'tcp');
export type Protocol = Infer<typeof protocol>;

const probe = oneOf('http', 'fastcgi', 'scgi', 'uwsgi', 'tcp', 'exec', 'none');
export type Probe = Infer<typeof probe>;

const health = record({
  probe,
  /** ExecStart= text of the exec probe; empty for the others. */
  command: text,
  path: text,
  host: text,
  /** HTTP statuses that are healthy, both ends included. */
  status: record({ least: number, most: number }),
  interval: number,
  timeout: number,
  /** Successes in a row that make an instance healthy. */
  rise: number,
  /** Failures in a row that make a healthy instance unhealthy: nginx no longer sends to it. */
  fall: number,
  /** Failures in a row after which an instance is replaced; 0 never. */
  restartAfter: number,
  /** How long a started instance may take to become healthy. */
  startTimeout: number,
  /** Text that a healthy answer's body holds, or null: any. */
  body: nullable(text),
  /** How many instances that answer no probe may be replaced at one time. */
  restarts: number,
  /** An instance that holds a request for longer hangs; null: a request may take any time. */
  requestTimeout: nullable(number),
});
export type Health = Infer<typeof health>;

/** How old instances are replaced. */
const rollout = record({
  /** How many more than desired may run meanwhile. */
  surge: number,
  /** How many are replaced at one time. */
  batch: number,
});

/** When an instance has run long enough, however well it does; null is never. */
const recycling = record({
  maxAge: nullable(number),
  maxMemory: nullable(number),
  maxRequests: nullable(number),
});

/** How far the number may go at one tick. */
const step = either(record({ instances: number }), record({ share: number }));
export type Step = Infer<typeof step>;

/** Where a number that cgipool cannot measure comes from. */
const metricSource = either(
  record({ kind: oneOf('exec'), command: text }),
  record({ kind: oneOf('file'), path: text }),
);
export type MetricSource = Infer<typeof metricSource>;

/** What decides between Min= and Max=; a target that is null is no signal. */
const scale = record({
  /** Share of one core per instance; 0.7 is 70%. */
  cpu: nullable(number),
  /** Connections per instance, in service and queued. */
  concurrency: nullable(number),
  /** Requests a second per instance. */
  requests: nullable(number),
  /** Quantile (0.95 is p95) of the time that an instance takes for a request. */
  latency: nullable(record({ quantile: number, target: number })),
  /** Connections per instance that it has not accepted. */
  queue: nullable(number),
  /** The number of Metric= per instance. */
  external: nullable(number),
  metric: nullable(metricSource),
  /** Idle instances beside the busy ones; 0: not a signal. */
  spare: number,
  /** Within this share of a target nothing changes. */
  tolerance: number,
  /** The scale-down window: never shrink below the highest recommendation within it. */
  window: number,
  /** Over how long measurements are averaged, and over how long to see a burst. */
  stableWindow: number,
  panicWindow: number,
  /** At one tick; null: no limit. */
  stepUp: nullable(step),
  stepDown: nullable(step),
  /** With Min=0: how long without a request until the last instance goes. */
  idleTimeout: number,
});
export type Scale = Infer<typeof scale>;

/** Other bounds at some times. */
const schedule = record({
  name: text,
  /** When it begins, as systemd.time(7) writes calendar events. */
  onCalendar: text,
  /** How long it then lasts. */
  duration: number,
  min: number,
  max: number,
  line: number,
});
export type Schedule = Infer<typeof schedule>;

/** How nginx picks an instance; `hash` is consistent over the nginx variable text KEY. */
const balance = either(
  record({ method: oneOf('round_robin', 'least_conn', 'random', 'ip_hash') }),
  record({ method: oneOf('hash'), key: text }),
);
export type Balance = Infer<typeof balance>;

/** How nginx shares requests out among the instances of a pool. */
const sharing = {
  balance,
  /** Whether instances with more of a core to spare get more. */
  weight: oneOf('equal', 'auto'),
  /** The most connections to one instance at a time, or null: any number. */
  maxConns: nullable(number),
  /** Idle connections that each worker of nginx keeps open to the pool; 0: one connection for each request. */
  keepalive: number,
  /** Slots that get requests only while no other answers. */
  backup: list(number),
};

const nginxRoute = record({
  /** URL prefix that nginx sends to the pool, or null: no route. */
  location: nullable(text),
  /** With Protocol=tcp: what nginx listens on for the pool, or null: nothing. */
  stream: nullable(text),
  ...sharing,
  /** FastCGI: the one script that all requests run, or the folder whose files they name; null: neither. */
  script: nullable(text),
  root: nullable(text),
  /** What the names of scripts below root end in, without the dot. 0.1.0 recorded neither this nor the next one. */
  scriptExtensions: list(text).or(['php']),
  /** Whether nginx follows the X-Accel-Redirect of a worker. */
  accelRedirect: flag.or(false),
  /** More directives of the location, each without its semicolon. */
  set: list(text),
  /** Whether nginx reads a whole answer, or a whole request, before it passes it on. */
  buffering: flag,
  requestBuffering: flag,
  /** proxy_connect_timeout and proxy_read_timeout. */
  connectTimeout: number,
  readTimeout: number,
  /** Whether POST and the like may be sent to a second instance when the first fails. */
  idempotent: flag,
  /** client_max_body_size; 0 is no limit. */
  maxBody: number,
  /** Requests that take longer are told of in the journal; null: none is. */
  slowLog: nullable(number),
});
export type NginxRoute = Infer<typeof nginxRoute>;
export type Sharing = Pick<NginxRoute, keyof typeof sharing>;

export const pool = record({
  name: text,
  description: text,
  /** ExecStart= text; systemd expands its specifiers, %i is the slot. */
  exec: text,
  listen,
  /** systemd holds the listening sockets, and instances take them over. */
  activated: flag,
  protocol,
  /** Ascending. tcp: port numbers; unix: plain numbers. */
  slots: list(number),
  min: number,
  max: number,
  /** How long a drained instance may finish what is in flight. */
  drainTimeout: number,
  rollout,
  recycling,
  health,
  scale,
  nginx: nginxRoute,
  /** In the order of the file: of several that are in force the first counts. */
  schedules: list(schedule),
  service: list(directive),
  unit: list(directive),
  slice: list(directive),
});
export type Pool = Infer<typeof pool>;
