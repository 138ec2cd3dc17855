import { err, ok, type Result } from './result.ts';

/** Reads one value, or says what it should have been. */
export type Parse<T> = (text: string) => Result<T>;

/** systemd.time(7), milliseconds. */
const TIME: Record<string, number> = {
  ms: 1,
  msec: 1,
  '': 1000,
  s: 1000,
  sec: 1000,
  second: 1000,
  seconds: 1000,
  m: 60_000,
  min: 60_000,
  minute: 60_000,
  minutes: 60_000,
  h: 3_600_000,
  hr: 3_600_000,
  hour: 3_600_000,
  hours: 3_600_000,
  d: 86_400_000,
  day: 86_400_000,
  days: 86_400_000,
};

/** A time span such as `500ms`, `5s`, `1h 30min`; a bare number is seconds. Result in milliseconds. */
export const duration: Parse<number> = text => {
  const bad = err(`"${text}" is no time span: write 500ms, 5s, 2min or 1h 30min`);
  if (!/^\s*(\d+(\.\d+)?\s*[a-z]*\s*)+$/.test(text)) return bad;
  let sum = 0;
  for (const [, amount, unit = ''] of text.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]*)/g)) {
    const factor = TIME[unit];
    if (factor === undefined) return bad;
    sum += Number(amount) * factor;
  }
  return ok(Math.round(sum));
};

/** A time span longer than none. */
export const positiveDuration: Parse<number> = text => {
  const span = duration(text);
  return span.ok && span.value === 0 ? err(`"${text}": must be longer than 0`) : span;
};

const SIZE: Record<string, number> = { '': 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 };

/** `64M`: bytes, to the base of 1024 as in systemd. */
export const bytes: Parse<number> = text => {
  const match = /^(\d+(?:\.\d+)?)\s*([KMGT]?)$/.exec(text);
  const factor = SIZE[match?.[2] ?? 'none'];
  return match && factor
    ? ok(Math.round(Number(match[1]) * factor))
    : err(`"${text}" is no size: write 512K, 64M or 2G`);
};

const YES = new Set(['yes', 'true', 'on', '1']);
const NO = new Set(['no', 'false', 'off', '0']);

export const boolean: Parse<boolean> = text => {
  if (YES.has(text)) return ok(true);
  return NO.has(text) ? ok(false) : err(`"${text}" is neither yes nor no`);
};

/** A whole number from `least` to `most`. */
export const integer =
  (least: number, most: number): Parse<number> =>
  text => {
    const value = Number(text);
    if (/^\d{1,9}$/.test(text) && value >= least && value <= most) return ok(value);
    return err(`"${text}" is no whole number from ${least} to ${most}`);
  };

/** `70%` as a share of one; more than 100% is more than one core. */
export const percent: Parse<number> = text => {
  const match = /^(\d{1,4}(?:\.\d+)?)%$/.exec(text);
  return match && Number(match[1]) > 0
    ? ok(Number(match[1]) / 100)
    : err(`"${text}" is no percentage: write 70%`);
};

/** A number greater than zero, fractions allowed. */
export const positiveNumber: Parse<number> = text => {
  const value = Number(text);
  return /^\d{1,6}(\.\d{1,3})?$/.test(text) && value > 0
    ? ok(value)
    : err(`"${text}" is no number greater than 0`);
};

/** The value, or null for `none`. */
export const orNone =
  <T>(parse: Parse<T>): Parse<T | null> =>
  text =>
    text === 'none' ? ok(null) : parse(text);

export const oneOf =
  <const T extends string>(...words: T[]): Parse<T> =>
  text => {
    const found = words.find(word => word === text);
    return found === undefined ? err(`"${text}" is none of ${words.join(', ')}`) : ok(found);
  };

/** More instances than any one machine runs. */
const MOST_SLOTS = 1000;

function range(part: string, most: number): number[] | null {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part);
  if (!match) return null;
  const [from, to] = [Number(match[1]), Number(match[2] ?? match[1])];
  if (from < 1 || to > most || from > to || to - from >= MOST_SLOTS) return null;
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

/** `8000-8009`, `8000, 8002 8010-8012`: ascending numbers from 1 to `most`. */
export const numberSet =
  (most: number): Parse<number[]> =>
  text => {
    const parts = text.split(/[\s,]+/).filter(part => part !== '');
    const ranges = parts.map(part => range(part, most));
    const wrong = parts[ranges.indexOf(null)];
    if (wrong !== undefined || parts.length === 0)
      return err(`"${wrong ?? text}" is no number or range from 1 to ${most}: write 8000-8009`);
    const all = ranges.flatMap(r => r ?? []).sort((a, b) => a - b);
    const twice = all.find((n, i) => n === all[i - 1]);
    if (twice !== undefined) return err(`${twice} is named twice`);
    return all.length > MOST_SLOTS
      ? err(`${all.length} are more than the ${MOST_SLOTS} that are allowed`)
      : ok(all);
  };
