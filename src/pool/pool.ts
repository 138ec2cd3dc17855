/** A line of a pass-through section, byte for byte as the administrator wrote it. */
export interface Directive {
  key: string;
  value: string;
  line: number;
}

/** The kind of address that nginx dials. */
export type Listen = 'tcp' | 'unix';
/** What workers speak; `tcp` is anything, passed on byte by byte. */
export type Protocol = 'http' | 'fastcgi' | 'scgi' | 'uwsgi' | 'grpc' | 'tcp';
export type Probe = 'http' | 'fastcgi' | 'scgi' | 'uwsgi' | 'tcp' | 'exec' | 'none';

/** How nginx picks an instance; `hash` is consistent over the nginx variable text KEY. */
export type Balance =
  | { method: 'round_robin' | 'least_conn' | 'random' | 'ip_hash' }
  | { method: 'hash'; key: string };

/** All durations are milliseconds. */
export interface Health {
  probe: Probe;
  /** ExecStart= text of the exec probe; empty for the others. */
  command: string;
  path: string;
  host: string;
  /** HTTP statuses that are healthy, both ends included. */
  status: { least: number; most: number };
  interval: number;
  timeout: number;
  /** Successes in a row that make an instance healthy. */
  rise: number;
  /** Failures in a row that make a healthy instance unhealthy: nginx no longer sends to it. */
  fall: number;
  /** Failures in a row after which an instance is restarted; 0 never. */
  restartAfter: number;
  /** How long a started instance may take until it is healthy. */
  startTimeout: number;
  /** Text that a healthy answer's body holds, or null: any. */
  body: string | null;
  /** How many instances that answer no probe may be replaced at one time. */
  restarts: number;
  /** An instance that holds a request for longer hangs, ms; null: a request may take any time. */
  requestTimeout: number | null;
}

/** How old instances are replaced. */
export interface Rollout {
  /** How many more than desired may run meanwhile. */
  surge: number;
  /** How many are replaced at one time. */
  batch: number;
}

/** When an instance has run long enough, however well it does; null is never. */
export interface Recycling {
  /** ms */
  maxAge: number | null;
  /** bytes */
  maxMemory: number | null;
  maxRequests: number | null;
}

/** How far the number may go at one tick. */
export type Step = { instances: number } | { share: number };

/** Where a number that cgipool cannot measure comes from. */
export type Gauge = { kind: 'exec'; command: string } | { kind: 'file'; path: string };

/** What decides between Min= and Max=; a target that is null is no signal. All durations are milliseconds. */
export interface Scale {
  /** Share of one core per instance; 0.7 is 70%. */
  cpu: number | null;
  /** Connections per instance, in service and queued. */
  concurrency: number | null;
  /** Requests a second per instance. */
  requests: number | null;
  /** Quantile (0.95 is p95) of the time that an instance takes for a request, ms. */
  latency: { quantile: number; target: number } | null;
  /** Connections per instance that it has not accepted. */
  queue: number | null;
  /** The number of Metric= per instance. */
  external: number | null;
  metric: Gauge | null;
  /** Idle instances beside the busy ones; 0: not a signal. */
  spare: number;
  /** Within this share of a target nothing changes. */
  tolerance: number;
  /** Shrink only to the highest recommendation of so long. */
  window: number;
  /** Over how long measurements are averaged, and over how long to see a burst. */
  stableWindow: number;
  panicWindow: number;
  /** At one tick; null: no limit. */
  stepUp: Step | null;
  stepDown: Step | null;
  /** With Min=0: after so long without a request the last instance goes. */
  idleTimeout: number;
}

/** Other bounds at some times. */
export interface Schedule {
  name: string;
  /** When it begins, as systemd.time(7) writes calendar events. */
  onCalendar: string;
  /** How long it then lasts, ms. */
  duration: number;
  min: number;
  max: number;
  line: number;
}

/** How nginx shares requests out among the instances of a pool. */
export interface Sharing {
  balance: Balance;
  /** Whether instances with more of a core to spare get more. */
  weight: 'equal' | 'auto';
  /** The most connections to one instance at a time, or null: any number. */
  maxConns: number | null;
  /** Idle connections that each worker of nginx keeps open to the pool; 0: one connection for each request. */
  keepalive: number;
  /** Slots that get requests only while no other answers. */
  backup: number[];
}

export interface NginxRoute extends Sharing {
  /** URL prefix that nginx sends to the pool, or null: no route. */
  location: string | null;
  /** With Protocol=tcp: what nginx listens on for the pool, or null: nothing. */
  stream: string | null;
  /** FastCGI: the one script that all requests run, or the folder whose files they name; null: neither. */
  script: string | null;
  root: string | null;
  /** More directives of the location, each without its semicolon. */
  set: string[];
  /** Whether nginx reads a whole answer, or a whole request, before it passes it on. */
  buffering: boolean;
  requestBuffering: boolean;
  /** proxy_connect_timeout and proxy_read_timeout, ms. */
  connectTimeout: number;
  readTimeout: number;
  /** Whether POST and the like may be sent to a second instance when the first fails. */
  idempotent: boolean;
  /** client_max_body_size in bytes; 0 is no limit. */
  maxBody: number;
  /** Requests that take longer are told of in the journal, ms; null: none is. */
  slowLog: number | null;
}

/** What is wanted of one pool: the meaning of one NAME.pool file. */
export interface Pool {
  name: string;
  description: string;
  /** ExecStart= text; systemd expands its specifiers, %i is the slot. */
  exec: string;
  listen: Listen;
  /** systemd holds the listening sockets, and instances take them over. */
  activated: boolean;
  protocol: Protocol;
  /** Ascending. tcp: port numbers; unix: plain numbers. */
  slots: number[];
  min: number;
  max: number;
  /** How long a drained instance may finish what is in flight, ms. */
  drainTimeout: number;
  rollout: Rollout;
  recycling: Recycling;
  health: Health;
  scale: Scale;
  /** In the order of the file: of several that are in force the first counts. */
  schedules: Schedule[];
  nginx: NginxRoute;
  service: Directive[];
  unit: Directive[];
  slice: Directive[];
}

/** The server block with TLS. Paths are absolute. */
export interface Tls {
  /** nginx listen arguments; empty: the default for the machine. */
  listen: string[];
  certificate: string;
  key: string;
  /** Whether plain http sends clients here. */
  redirect: boolean;
  /** For so long browsers are to come by https alone, ms; null: nothing is said of it. */
  hsts: number | null;
  /** The authorities whose OCSP answers are believed and stapled, and the name servers to find them by; or null. */
  stapling: { authorities: string; resolver: string[] } | null;
}

/** What is wanted of the machine as a whole: the meaning of cgipool.conf. */
export interface Site {
  /** nginx server_name words. */
  serverNames: string[];
  /** nginx listen arguments, such as `80` or `[::]:80`; empty: the default for the machine. */
  listen: string[];
  tls: Tls | null;
  /** The folder of an ACME client's challenges, or null. */
  acmeWebroot: string | null;
  /** Addresses and CIDR networks that may read /pool-status. */
  statusAllow: string[];
  /** host:port of loopback where nginx tells which generation it runs. */
  control: string;
  /** host:port of loopback where the controller hears nginx's access log. */
  accessLog: string;
  /** Unix group of nginx's worker processes. */
  nginxGroup: string;
  /** When no pool grows any more: shares of the machine's memory, and of the time that pools wait for it. */
  machine: { minAvailable: number; maxPressure: number };
}
