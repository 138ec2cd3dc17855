import type { Problem } from '../../base/result.ts';
import type { Sections } from '../sections.ts';
import { broken, type CombinationRule } from './rule.ts';

/** How long the key lets something take, ms; null: no limit. */
const LIMITS = {
  RequestTimeout: ({ health }: Sections) => ({
    line: health.lineOf('RequestTimeout'),
    limit: health.values.RequestTimeout,
  }),
  Latency: ({ scale }: Sections) => ({
    line: scale.lineOf('Latency'),
    limit: scale.values.Latency?.target ?? null,
  }),
  SlowLog: ({ nginx }: Sections) => ({ line: nginx.lineOf('SlowLog'), limit: nginx.values.SlowLog }),
};

/** nginx gives up before. Only an answer that comes piece by piece may take longer. */
const pastReadTimeout =
  (key: keyof typeof LIMITS): CombinationRule =>
  sections => {
    const { line, limit } = LIMITS[key](sections);
    const longest = sections.nginx.values.ReadTimeout;
    return limit !== null && longest !== null && limit >= longest
      ? { line, message: `${key}= is not below ReadTimeout=, after which nginx gives up: raise ReadTimeout=` }
      : null;
  };

const concurrencyPastMaxConns: CombinationRule = ({ scale, nginx }) => {
  const { Concurrency } = scale.values;
  const { MaxConns } = nginx.values;
  return Concurrency !== null && MaxConns !== null && Concurrency >= MaxConns
    ? {
        line: scale.lineOf('Concurrency'),
        message: `Concurrency=${Concurrency} is never exceeded, as MaxConns=${MaxConns}: lower it, or raise MaxConns=`,
      }
    : null;
};

/** Probes of a starting instance in its first seconds, and the time from one to the next after that: see docs/reliability.md. */
const START = { probes: 18, withinMs: 2_500, everyMs: 500 };

/** The least time in which an instance becomes healthy, ms. */
const leastStart = (rise: number, interval: number): number =>
  rise <= START.probes ? 0 : START.withinMs + (rise - START.probes) * Math.min(interval, START.everyMs);

const risePastStart: CombinationRule = ({ health }) => {
  const { Rise, Interval, StartTimeout } = health.values;
  return Rise !== null &&
    Interval !== null &&
    StartTimeout !== null &&
    leastStart(Rise, Interval) > StartTimeout
    ? {
        line: health.lineOf('Rise'),
        message: `Rise=${Rise} probes take longer than StartTimeout=: no instance becomes healthy; lower Rise= or raise StartTimeout=`,
      }
    : null;
};

const panicPastStable: CombinationRule = ({ scale }) => {
  const { PanicWindow, StableWindow } = scale.values;
  return PanicWindow !== null && StableWindow !== null && PanicWindow > StableWindow
    ? {
        line: scale.lineOf('PanicWindow') || scale.lineOf('StableWindow'),
        message:
          'PanicWindow= is longer than StableWindow=: a burst is seen no sooner than any load; lower PanicWindow=',
      }
    : null;
};

const RULES: readonly CombinationRule[] = [
  pastReadTimeout('RequestTimeout'),
  pastReadTimeout('Latency'),
  pastReadTimeout('SlowLog'),
  concurrencyPastMaxConns,
  risePastStart,
  panicPastStable,
];

/** Finds keys that are allowed next to each other, and of which one has no effect. */
export const futileIn = (file: string, sections: Sections): Problem[] =>
  broken(RULES, file, sections).sort((a, b) => a.line - b.line);
