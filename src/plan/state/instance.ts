import { flag, type Infer, nullable, number, oneOf, record, text } from '../../base/schema.ts';

/**
 * What one life of an instance goes through:
 *
 *   starting --rise--> healthy --fall--> unhealthy --rise--> healthy
 *   unhealthy --it hangs--> restarting (systemd is asked to)
 *   any --the process ends--> starting (the next life)
 */
const phase = oneOf('starting', 'healthy', 'unhealthy', 'restarting');
export type Phase = Infer<typeof phase>;

/**
 * surplus: its place is filled, and the drain is cancelled when that is no longer so; replace: its successor needs its slot;
 * slow: it answers no probe but holds requests, which may be slow or hang; hung: it answers nothing. The last two are
 * stopped even when nginx cannot be told to leave them alone.
 */
const drainKind = oneOf('surplus', 'replace', 'slow', 'hung');

const drain = record({
  since: number,
  reason: text,
  /** From this time on it is stopped with requests in flight, ms since the epoch. */
  deadline: number,
  kind: drainKind,
});
export type Drain = Infer<typeof drain>;

/** What is remembered of one life. */
export const instance = record({
  invocation: text.or(''),
  restarts: number.or(0),
  phase: phase.or('starting'),
  /** Start of the phase. */
  since: number.or(0),
  /** Lives of the unit before this one, in a row, that ended before they were healthy. */
  failedStarts: number.or(0),
  /** Successes in a row. */
  oks: number.or(0),
  /** Failures in a row. */
  fails: number.or(0),
  /** The last probe was not answered in time, but the worker ended other connections meanwhile. */
  busy: flag.or(false),
  /** When it was last seen to end a connection, ms since the epoch. */
  endedAt: number.or(0),
  /** Requests that nginx has sent to it. */
  requests: number.or(0),
  /** Why it is to be replaced although it does well, or null. */
  recycleReason: nullable(text).or(null),
  /** The last probe's words. */
  detail: text.or(''),
  drain: nullable(drain).or(null),
});
export type InstanceMemory = Infer<typeof instance>;

/** Its next life has begun or is about to. */
export const isComing = ({ phase }: Pick<InstanceMemory, 'phase'>): boolean =>
  phase === 'starting' || phase === 'restarting';
