import { ClfClock, parseClf } from './clf.ts';
import type { LogEntry } from './entry.ts';

/** A kind of access log. */
export interface Format {
  /** As people call it. */
  name: string;
  /** Its lines say what a request took. */
  timed: boolean;
  /** Understands one line; null: it is malformed. */
  read: (line: string) => LogEntry | null;
}

function clf(name: string, readTook: ReadTook | null, ended: boolean): Format {
  const clock = new ClfClock();
  return {
    name,
    timed: readTook !== null,
    read: line => {
      const found = parseClf(line, clock);
      if (!found) return null;
      return { stamp: found.stamp, resolution: 1000, took: readTook?.(found.rest) ?? null, ended };
    },
  };
}

/** `$msec`, and an upstream's address or `-`. */
const OWN = /^(\d{1,11}\.\d{3})\t[^\t]+\t[^\t]*\t([^\t]*)\t[A-Z]{1,20}\t/;

function readOwn(line: string): LogEntry | null {
  const [, stamp, times = ''] = OWN.exec(line) ?? [];
  if (stamp === undefined) return null;
  return { stamp: Math.round(Number(stamp) * 1000), resolution: 1, took: upstreamTimes(times), ended: true };
}

/** All formats, those first that say more: each file has its own, since they remember the last second. */
export const formats = (): Format[] => [
  { name: 'cgipool', timed: true, read: readOwn },
  clf('combined with $request_time', seconds, true),
  clf('combined with %D', microseconds, false),
  clf('common or combined', null, true),
];

/** How many of the lines a format understands. Where it has times, only those with one count, but doubly. */
function score({ timed, read }: Format, lines: readonly string[]): number {
  const entries = lines.map(read).filter(entry => entry !== null);
  return timed ? 2 * entries.filter(({ took }) => took !== null).length : entries.length;
}

/** The format that understands most of these lines; one with times if half of them have one. Null: none does. */
export function detect(lines: readonly string[]): Format | null {
  const scored = formats().map(format => ({ format, score: score(format, lines) }));
  const best = scored.reduce((a, b) => (b.score > a.score ? b : a));
  return best.score > 0 ? best.format : null;
}

/** Reads the time that a request took, ms, out of what a line ends with; null where it does not say. */
export type ReadTook = (rest: string) => number | null;

const SECONDS = /(?:^| )(\d+\.\d+)\s*$/;
const MICROSECONDS = /^ (\d+)\s*$/;

/** nginx's `$request_time` as the last field: seconds, known by the decimal point. */
export const seconds: ReadTook = rest => {
  const text = rest === '' ? undefined : SECONDS.exec(rest)?.[1];
  return text === undefined ? null : Number(text) * 1000;
};

/** Apache's `%D` as the only field after the combined ones: two whole numbers are the bytes of combinedio. */
export const microseconds: ReadTook = rest => {
  const text = rest === '' ? undefined : MICROSECONDS.exec(rest)?.[1];
  return text === undefined ? null : Number(text) / 1000;
};

/** nginx separates the tries of a request so, and groups of tries after an internal redirect. */
const TRIES = /, | : /;

/** nginx's `$upstream_response_time`: seconds of each try, which together are what the workers had to do. */
export function upstreamTimes(text: string): number | null {
  if (!text.includes(' ')) return triedFor(text);
  const tries = text.split(TRIES).map(triedFor);
  return tries.every(ms => ms === null) ? null : tries.reduce<number>((sum, ms) => sum + (ms ?? 0), 0);
}

const triedFor = (text: string): number | null => (/^\d+\.\d+$/.test(text) ? Number(text) * 1000 : null);
