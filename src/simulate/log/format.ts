import { ClfClock, parseClf } from './clf.ts';
import type { LogEntry } from './entry.ts';

/** A format of access logs. */
export interface Format {
  /** Its name in reports. */
  name: string;
  /** Whether its lines have the time that a request took. */
  timed: boolean;
  /** Parses a line; null: it is malformed. */
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

/** cgipool's own format: `$msec`, then the fields of nginx/traffic.conf. */
const OWN = /^(\d{1,11}\.\d{3})\t[^\t]+\t[^\t]*\t([^\t]*)\t[A-Z]{1,20}\t/;

function readOwn(line: string): LogEntry | null {
  const [, stamp, times = ''] = OWN.exec(line) ?? [];
  if (stamp === undefined) return null;
  return { stamp: Math.round(Number(stamp) * 1000), resolution: 1, took: upstreamTimes(times), ended: true };
}

/** All formats, most informative first. A new set for each file, since they cache the last second. */
export const formats = (): Format[] => [
  { name: 'cgipool', timed: true, read: readOwn },
  clf('combined with $request_time', seconds, true),
  clf('combined with %D', microseconds, false),
  clf('common or combined', null, true),
];

/** How many lines a format can parse. With a timed format only lines with a time count, but twice. */
function score({ timed, read }: Format, lines: readonly string[]): number {
  const entries = lines.map(read).filter(entry => entry !== null);
  return timed ? 2 * entries.filter(({ took }) => took !== null).length : entries.length;
}

/** The format that parses most of the lines; a timed one if half of them have a time. Null: none parses any. */
export function detect(lines: readonly string[]): Format | null {
  const scored = formats().map(format => ({ format, score: score(format, lines) }));
  const best = scored.reduce((a, b) => (b.score > a.score ? b : a));
  return best.score > 0 ? best.format : null;
}

/** Extracts the time that a request took, ms, from the end of a line; null when it is not there. */
type ReadTook = (rest: string) => number | null;

const SECONDS = /(?:^| )(\d+\.\d+)\s*$/;
const MICROSECONDS = /^ (\d+)\s*$/;

/** nginx's `$request_time` as the last field: seconds, recognized by the decimal point. */
export const seconds: ReadTook = rest => {
  const text = rest === '' ? undefined : SECONDS.exec(rest)?.[1];
  return text === undefined ? null : Number(text) * 1000;
};

/** Apache's `%D` as the only field after the combined ones: two integers would be the byte counts of combinedio. */
const microseconds: ReadTook = rest => {
  const text = rest === '' ? undefined : MICROSECONDS.exec(rest)?.[1];
  return text === undefined ? null : Number(text) / 1000;
};

/** How nginx separates the tries of a request, and the groups of tries around an internal redirect. */
const TRY_SEPARATOR = /, | : /;

/** nginx's `$upstream_response_time`: seconds of each try; their sum is the work of all workers. */
function upstreamTimes(text: string): number | null {
  if (!text.includes(' ')) return tryTime(text);
  const tries = text.split(TRY_SEPARATOR).map(tryTime);
  return tries.every(ms => ms === null) ? null : tries.reduce<number>((sum, ms) => sum + (ms ?? 0), 0);
}

const tryTime = (text: string): number | null => (/^\d+\.\d+$/.test(text) ? Number(text) * 1000 : null);
