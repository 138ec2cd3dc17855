/** systemd's ActiveState of a unit. */
export type ActiveState = 'active' | 'reloading' | 'inactive' | 'failed' | 'activating' | 'deactivating';

/** The state of a unit that a pool requires. */
export type Need = 'up' | 'down' | 'failed';

/** A start or restart that came to nothing. */
export interface FailedStart {
  pool: string;
  slot: number;
  /** Why systemd refuses this unit; null if something else is at fault, such as polkit. */
  message: string | null;
}

/** One instance as systemd reports it. */
export interface Unit {
  pool: string;
  slot: number;
  active: ActiveState;
  /** systemd's SubState, such as `running`, `start-pre`, `auto-restart`. */
  sub: string;
  /** A start, stop or restart job is queued or running. */
  job: boolean;
  /** systemd holds its listening socket (Listen=fd). */
  held: boolean;
  /** systemd could not open its listening socket, or closed it after failures. */
  socketFailed: boolean;
  /** systemd's ID of one life of the unit; empty if it has never run. */
  invocation: string;
  /** Main process; 0 between lives. */
  pid: number;
  /** The user that it runs as, where systemd tells; null: root, or not known yet. */
  uid: number | null;
  /** When the main process started, ms of the monotonic clock; 0 if it has never run. */
  startedAt: number;
  /** Automatic restarts since its last start by cgipool or by hand. */
  restarts: number;
  /** systemd's Result=, such as `success`, `exit-code`, `signal`, `start-limit-hit`. */
  result: string;
  /** Exit status or signal number with which its main process last ended. */
  exit: number;
}

/** What the machine shows of an instance that was looked at more closely. */
export interface Clue {
  /** The life that was looked at; empty where none runs. */
  invocation: string;
  /** Its main process is a shell, and has another process below it. */
  isShell: boolean;
  /** Where it listens if not at its endpoint, for people: `[::1]:8000`. */
  strays: readonly string[];
  /** Connections of its port that are closed, and that the kernel remembers (TIME_WAIT). */
  closed: number;
  /** Its port is the near end of a connection to elsewhere, and nobody listens there. */
  isOutgoing: boolean;
  /** The permission bits of its socket file; null if there is none. */
  mode: number | null;
}

/** The result of one health check of one life of an instance. */
export interface ProbeOutcome {
  pool: string;
  slot: number;
  invocation: string;
  /** When it began, ms of the monotonic clock. */
  at: number;
  ok: boolean;
  /** The answer did not come in time, as opposed to a wrong answer or a refused connection. */
  late: boolean;
  /** For people: `200 in 3 ms`, `no answer within 500 ms`. */
  detail: string;
}

/** Load of one instance; null means not known, which is not zero. */
export interface LoadSample {
  pool: string;
  slot: number;
  invocation: string;
  /** CPU time used since the life began, microseconds. */
  cpuUsec: number | null;
  /** Share of one core over the last second or more. */
  cpu: number | null;
  /** How long it has waited for a CPU in this life, ms; only of those that do not serve yet. */
  stalled: number | null;
  /** Open connections to the endpoint, whoever the client is, waiting ones included. */
  open: number | null;
  /** Those of nginx: scaling counts only these, since any local user can hold the others. */
  connections: number | null;
  /** Those of nginx that the worker has not accepted yet. */
  waiting: number | null;
  /** Memory in use, bytes. */
  memory: number | null;
  /** Connections that the worker completed since the previous sample. */
  ended: number | null;
  /** Age of the oldest connection that it has accepted and not closed, ms; null if there is none. */
  oldest: number | null;
  /** Requests that nginx sent to it since the previous sample; null if nginx does not report them. */
  requests: number | null;
}

/** Where requests to a sleeping pool wait: a socket of systemd, and the service that forwards them to a woken instance. */
export interface WakeSocket {
  pool: string;
  /** systemd has the socket open. */
  listening: boolean;
  /** A request has arrived and is not answered yet. */
  hasRequest: boolean;
  /** A start or stop job of the socket is queued or running. */
  job: boolean;
}

export const isRunning = (unit: Pick<Unit, 'active'>): boolean =>
  unit.active === 'active' || unit.active === 'reloading';

/** Its start is queued: systemd has not begun yet. */
export const isQueued = (unit: Pick<Unit, 'active' | 'job'>): boolean =>
  unit.job && (unit.active === 'inactive' || unit.active === 'failed');

/** Running or starting, including a restart by systemd. */
export const isAlive = (unit: Pick<Unit, 'active'>): boolean =>
  isRunning(unit) || unit.active === 'activating';

/** It died, and systemd waits for RestartSec= before it restarts it. */
export const isPausing = ({ active, sub }: Pick<Unit, 'active' | 'sub'>): boolean =>
  active === 'activating' && sub.startsWith('auto-restart');

/** No instance runs there or is about to; undefined: systemd has no such unit loaded. */
export const isVacant = (unit: Pick<Unit, 'active' | 'job'> | undefined): boolean =>
  !unit || ((unit.active === 'failed' || unit.active === 'inactive') && !unit.job);
