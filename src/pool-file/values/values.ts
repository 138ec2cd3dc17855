import { err, ok, type Result } from '../../base/result.ts';

/** A kind of value: its name in the reference, and its parser. */
export interface Kind<T> {
  unit: string;
  parse: Parse<T>;
}

/** Parses one value. An error completes a sentence that begins with `Key=value`, as in ` is too small` or `: x is not ...`. */
export type Parse<T> = (text: string) => Result<T>;

const SIZE_SUFFIXES = new Map([
  ['', 1],
  ['K', 2 ** 10],
  ['M', 2 ** 20],
  ['G', 2 ** 30],
  ['T', 2 ** 40],
]);

/** `64M`: bytes, to the base of 1024 as in systemd. */
export const bytes: Parse<number> = text => {
  const match = /^(\d{1,15}(?:\.\d{1,3})?)[ \t]*([KMGT]?)$/.exec(text);
  if (!match) return err('is not a size: write 512K, 64M or 2G');
  const size = Math.round(Number(match[1]) * (SIZE_SUFFIXES.get(match[2] ?? '') ?? 0));
  // larger numbers are neither exact nor printed in plain digits
  return size <= Number.MAX_SAFE_INTEGER ? ok(size) : err('is too large: at most 8191T');
};

/** A size greater than 0, bytes. */
export const positiveBytes: Parse<number> = text => {
  const size = bytes(text);
  return size.ok && size.value === 0 ? err('must be more than 0') : size;
};

const YES = new Set(['yes', 'true', 'on', '1']);
const NO = new Set(['no', 'false', 'off', '0']);

export const boolean: Parse<boolean> = text => {
  const word = text.toLowerCase();
  if (YES.has(word)) return ok(true);
  return NO.has(word) ? ok(false) : err('is neither yes nor no');
};

/** A whole number from `least` to `most`. */
export const integer =
  (least: number, most: number): Parse<number> =>
  text => {
    if (!/^-?\d{1,15}$/.test(text)) return err(`is not a whole number from ${least} to ${most}`);
    const value = Number(text);
    if (value < least) return err(`is too small: at least ${least}`);
    return value > most ? err(`is too large: at most ${most}`) : ok(value);
  };

/** `70%` as 0.7; of CPU time, 100% is one core. */
export const percent: Parse<number> = text => {
  const match = /^(\d{1,4}(?:\.\d{1,3})?)%$/.exec(text);
  if (!match) return err('is not a percentage: write 70%');
  return Number(match[1]) > 0 ? ok(Number(match[1]) / 100) : err('must be more than 0%');
};

/** A number greater than zero, fractions allowed. */
export const positiveNumber: Parse<number> = text => {
  const value = Number(text);
  return /^\d{1,6}(\.\d{1,3})?$/.test(text) && value > 0
    ? ok(value)
    : err('is not a number greater than 0: write 2 or 0.5');
};

/** The value, or null for `none`. */
export const orNone =
  <T>(parse: Parse<T>): Parse<T | null> =>
  text => {
    if (text === 'none') return ok(null);
    const parsed = parse(text);
    return parsed.ok ? parsed : err(`${parsed.error}, or none`);
  };

export const oneOf =
  <const T extends string>(...words: T[]): Parse<T> =>
  text => {
    const found = words.find(word => word === text);
    return found === undefined ? err(`is not one of ${words.join(', ')}`) : ok(found);
  };
