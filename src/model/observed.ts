/** systemd's ActiveState of a unit. */
export type ActiveState = 'active' | 'reloading' | 'inactive' | 'failed' | 'activating' | 'deactivating';

/** One instance as systemd has it now. */
export interface Unit {
  pool: string;
  slot: number;
  active: ActiveState;
  /** A start, stop or restart job is queued or running. */
  job: boolean;
  /** systemd holds its listening socket (Listen=fd). */
  held: boolean;
  /** systemd could not listen for it, or gave that up with it. */
  socketFailed: boolean;
  /** Names one life of the unit; empty while it never ran. */
  invocation: string;
  /** Main process; 0 between lives. */
  pid: number;
  /** The user that it runs as, where systemd tells; null: root, or not known yet. */
  uid: number | null;
  /** When the main process started, ms since the epoch; 0 while it never ran. */
  startedAt: number;
  /** Automatic restarts since it was last started by hand or by us. */
  restarts: number;
  /** systemd's Result, such as `success`, `exit-code`, `signal`, `start-limit-hit`. */
  result: string;
  /** Exit status, or the number of the signal, by which the main one of its processes ended last. */
  exit: number;
}

/** What one health check of one life of an instance found. */
export interface ProbeOutcome {
  pool: string;
  slot: number;
  invocation: string;
  ok: boolean;
  /** There was no answer in time, as opposed to a wrong one or none at all. */
  late: boolean;
  /** For people: `200 in 3 ms`, `no answer within 500 ms`. */
  detail: string;
}

/** Load of one instance now; null is "not known", which is not zero. */
export interface LoadSample {
  pool: string;
  slot: number;
  invocation: string;
  /** CPU time used since the life began, microseconds. */
  cpuUsec: number | null;
  /** Share of one core over the last second or more. */
  cpu: number | null;
  /** Open connections on the endpoint, whoever the client is, waiting ones included. */
  open: number | null;
  /** Of them, those of nginx: what scaling counts, since anybody on this machine can hold some of the others. */
  connections: number | null;
  /** Of those, the ones that the worker has not accepted yet. */
  waiting: number | null;
  /** Memory that it holds, bytes. */
  memory: number | null;
  /** Connections that the worker ended since the look before. */
  ended: number | null;
  /** For how long it has held the oldest connection that it accepted, ms; null when it holds none. */
  oldest: number | null;
  /** Requests that nginx sent to it since the look before; null where nginx does not tell. */
  requests: number | null;
}

/** Where requests to a sleeping pool wait: a socket that systemd holds, and what passes them on to a woken instance. */
export interface WakeSocket {
  pool: string;
  /** systemd holds the socket. */
  listening: boolean;
  /** A request came, and those that came are not all answered yet. */
  hasRequest: boolean;
  /** A start or stop job of the socket is queued or running. */
  job: boolean;
}

export const isRunning = (unit: Pick<Unit, 'active'>): boolean =>
  unit.active === 'active' || unit.active === 'reloading';

/** systemd has been asked to start it, and has not begun yet. */
export const isQueued = (unit: Pick<Unit, 'active' | 'job'>): boolean =>
  unit.job && (unit.active === 'inactive' || unit.active === 'failed');

/** Running, or on its way there (systemd's own restart included). */
export const isAlive = (unit: Pick<Unit, 'active'>): boolean =>
  isRunning(unit) || unit.active === 'activating';
