import { flag, type Infer, nullable, number, oneOf, record, text } from '../../base/schema.ts';

/**
 * The phases of an instance's life:
 *
 *   starting --rise--> healthy --fall--> unhealthy --rise--> healthy
 *   unhealthy --hangs--> restarting (by systemd, at our request)
 *   any --the process ends--> starting (the next life)
 */
const phase = oneOf('starting', 'healthy', 'unhealthy', 'restarting');
export type Phase = Infer<typeof phase>;

/**
 * surplus: it is no longer needed, and the drain is cancelled if it is again; replace: its successor needs its slot;
 * slow: it answers no probe but holds requests, which may be slow or hang; hung: it holds none. The last two are
 * stopped even if they cannot be unpublished first.
 */
const drainKind = oneOf('surplus', 'replace', 'slow', 'hung');

const drain = record({
  since: number,
  reason: text,
  /** From then on it is stopped even with requests in flight, ms since the epoch. */
  deadline: number,
  kind: drainKind,
});
export type Drain = Infer<typeof drain>;

/** The memory of one life. */
export const instance = record({
  invocation: text.or(''),
  restarts: number.or(0),
  phase: phase.or('starting'),
  /** Start of the phase. */
  since: number.or(0),
  /** Lives of the unit before this one, in a row, that ended before they were healthy. */
  failedStarts: number.or(0),
  /** Since when systemd waits for RestartSec= before it restarts it, or null. */
  pausedAt: nullable(number).or(null),
  /** How long it had been healthy when it ended, ms, until it has a new life. */
  lived: number.or(0),
  /** Successes in a row. */
  oks: number.or(0),
  /** Failures in a row. */
  fails: number.or(0),
  /** When the last probe that failed began, ms of the monotonic clock. */
  failedAt: number.or(0),
  /** The last probe timed out, but the worker ended other connections meanwhile. */
  busy: flag.or(false),
  /** When it last ended a connection, ms since the epoch. */
  endedAt: number.or(0),
  /** Requests that nginx has sent to it. */
  requests: number.or(0),
  /** Since when it has been at MaxAge=, MaxMemory= or MaxRequests=, ms; 0: it is at none. */
  limitSince: number.or(0),
  /** Why it is to be replaced although it is well, or null. */
  recycleReason: nullable(text).or(null),
  /** Its main process is a shell with the server below it; null: not looked at yet. */
  shell: nullable(flag).or(null),
  /** The result of the last probe, for people. */
  detail: text.or(''),
  drain: nullable(drain).or(null),
});
export type InstanceMemory = Infer<typeof instance>;

/** How long it has been healthy, or had been when it ended, ms. */
export const livedFor = (
  { phase, since, lived }: Pick<InstanceMemory, 'phase' | 'since' | 'lived'>,
  now: number,
): number => (phase === 'healthy' ? now - since : lived);

/** It starts, or systemd is restarting it. */
export const isComing = ({ phase }: Pick<InstanceMemory, 'phase'>): boolean =>
  phase === 'starting' || phase === 'restarting';
