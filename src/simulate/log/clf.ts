/** A line of the common log format, or of a format that begins like it. */
interface ClfLine {
  /** ms since the epoch */
  stamp: number;
  /** The text after the size field, or after the last quoted field that follows it. */
  rest: string;
}

const QUOTE = 34;
const SPACE = 32;

const isDigit = (code: number): boolean => code >= 48 && code <= 57;

/** Position of the request's closing quote: the one before a status. A quote inside is escaped as `\"` or `\x22`. */
function closing(line: string, from: number): number {
  let at = line.indexOf('" ', from);
  while (at >= 0 && !(isDigit(line.charCodeAt(at + 2)) && line.charCodeAt(at + 5) === SPACE))
    at = line.indexOf('" ', at + 1);
  return at;
}

const STATUS_AND_BYTES = /^ \d{3} (?:\d+|-)/;

function afterBytes(line: string, closed: number): string | null {
  const last = line.lastIndexOf('"');
  if (last > closed) return line.slice(last + 1);
  const text = line.slice(closed + 1);
  const fields = STATUS_AND_BYTES.exec(text);
  return fields ? text.slice(fields[0].length) : null;
}

/** The time in brackets before the request: a user name, or the host of vhost_combined, may contain a `[` too. */
function stampOf(line: string, clock: ClfClock): { open: number; stamp: number } | null {
  for (let open = line.indexOf('['); open >= 0; open = line.indexOf('[', open + 1)) {
    if (line.charCodeAt(open + CLF_TIME_CHARS + 3) !== QUOTE) continue;
    const stamp = clock.read(line.slice(open + 1, open + 1 + CLF_TIME_CHARS));
    if (stamp !== null) return { open, stamp };
  }
  return null;
}

/** Parses a line of the common or the combined format as far as a replay needs it. */
export function parseClf(line: string, clock: ClfClock): ClfLine | null {
  const found = stampOf(line, clock);
  if (!found) return null;
  const closed = closing(line, found.open + CLF_TIME_CHARS + 4);
  const rest = closed < 0 ? null : afterBytes(line, closed);
  return rest === null ? null : { stamp: found.stamp, rest };
}

const MONTHS = new Map(
  'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ').map((name, month) => [name, month]),
);

const FORM = /^(\d\d)\/([A-Z][a-z]{2})\/(\d{4}):(\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)$/;

/** Parses `10/Oct/2026:13:55:36 +0000`, the time of the common log format; ms since the epoch. */
export function parseClfTime(text: string): number | null {
  const [, day, name = '', year, hour, minute, second, sign, zoneHours, zoneMinutes] = FORM.exec(text) ?? [];
  const month = MONTHS.get(name);
  // 60: a leap second
  if (month === undefined || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return null;
  const local = Date.UTC(
    Number(year),
    month,
    Number(day),
    Number(hour),
    Number(minute),
    Math.min(59, Number(second)),
  );
  const zone = (Number(zoneHours) * 60 + Number(zoneMinutes)) * 60_000;
  return sign === '-' ? local + zone : local - zone;
}

/** The length of such a time. */
const CLF_TIME_CHARS = 26;

/** Parses such times; caches the last one, since many in a row are equal. */
export class ClfClock {
  #text = '';
  #ms: number | null = null;

  read(text: string): number | null {
    if (text !== this.#text) {
      this.#text = text;
      this.#ms = parseClfTime(text);
    }
    return this.#ms;
  }
}
