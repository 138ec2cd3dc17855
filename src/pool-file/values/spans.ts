import { err, ok } from '../../base/result.ts';
import type { Parse } from './values.ts';

const [SECOND, MINUTE, HOUR, DAY, YEAR] = [1000, 60_000, 3_600_000, 86_400_000, 31_557_600_000];

/** The units of systemd.time(7) in milliseconds, except months: `M` is easily confused with `m`. */
const UNITS = new Map([
  ...['ms', 'msec'].map(unit => [unit, 1] as const),
  ...['', 's', 'sec', 'second', 'seconds'].map(unit => [unit, SECOND] as const),
  ...['m', 'min', 'minute', 'minutes'].map(unit => [unit, MINUTE] as const),
  ...['h', 'hr', 'hour', 'hours'].map(unit => [unit, HOUR] as const),
  ...['d', 'day', 'days'].map(unit => [unit, DAY] as const),
  ...['w', 'week', 'weeks'].map(unit => [unit, 7 * DAY] as const),
  ...['y', 'year', 'years'].map(unit => [unit, YEAR] as const),
]);

const NOT_A_SPAN = err('is not a time span: write 500ms, 5s, 2min or 1h 30min');

const spanWithin =
  (longestMs: number, longest: string): Parse<number> =>
  text => {
    if (text === 'infinity') return err('is not allowed: write a limit such as 1h');
    const parts = [...text.matchAll(/(\d+(?:\.\d+)?)[ \t]*([a-z]*)[ \t]*/g)];
    const span = parts.reduce(
      (sum, [, amount, unit = '']) => sum + Number(amount) * (UNITS.get(unit) ?? Number.NaN),
      0,
    );
    if (parts.map(([part]) => part).join('') !== text || text === '' || Number.isNaN(span)) return NOT_A_SPAN;
    return span > longestMs ? err(`is too long: at most ${longest}`) : ok(Math.round(span));
  };

/**
 * A time span such as `500ms`, `5s`, `1h 30min`; a bare number is seconds. In milliseconds. Node's timers hold at most 2^31 ms,
 * 24.8 days, and fire at once beyond that.
 */
export const duration = spanWithin(24 * DAY, '24d');

/** A time span that no timer waits for, ms. */
export const age = spanWithin(10 * YEAR, '10y');

/** A time span longer than 0, ms. */
export const positiveDuration: Parse<number> = text => {
  const span = duration(text);
  return span.ok && span.value === 0 ? err('must be longer than 0') : span;
};

/** A time span from `least` to `most`, ms. */
export const span =
  (least: number, most: number): Parse<number> =>
  text => {
    const parsed = duration(text);
    if (!parsed.ok || (parsed.value >= least && parsed.value <= most)) return parsed;
    return err(`must be from ${least / 1000}s to ${most / 1000}s`);
  };
