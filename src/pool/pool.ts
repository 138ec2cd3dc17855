/** A line of a pass-through section, byte for byte as the administrator wrote it. */
export interface Directive {
  key: string;
  value: string;
  line: number;
}

export type Listen = 'tcp' | 'unix';
export type Probe = 'http' | 'tcp' | 'exec' | 'none';

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

export interface Scale {
  /** Target share of one core per instance (0.7 is 70%), or null: not a signal. */
  cpu: number | null;
  /** Target connections per instance, in service and queued, or null: not a signal. */
  concurrency: number | null;
  /** Shrink only to the highest recommendation of this many milliseconds. */
  window: number;
}

export interface NginxRoute {
  /** URL prefix that nginx sends to the pool, or null: no route. */
  location: string | null;
  balance: Balance;
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
  nginx: NginxRoute;
  service: Directive[];
  unit: Directive[];
  slice: Directive[];
}

/** What is wanted of the machine as a whole: the meaning of cgipool.conf. */
export interface Site {
  /** nginx server_name words. */
  serverNames: string[];
  /** nginx listen arguments, such as `80` or `[::]:80`; empty: the default for the machine. */
  listen: string[];
  /** TLS server block, or null. Paths are absolute. */
  tls: { listen: string[]; certificate: string; key: string } | null;
  /** Addresses and CIDR networks that may read /pool-status. */
  statusAllow: string[];
  /** host:port of loopback where nginx tells which generation it runs. */
  control: string;
  /** host:port of loopback where the controller hears nginx's access log. */
  accessLog: string;
  /** Unix group of nginx's worker processes. */
  nginxGroup: string;
}
