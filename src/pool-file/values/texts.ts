import { err, ok } from '../../base/result.ts';
import type { Parse } from './values.ts';

/** Any text on one line. */
export const text: Parse<string> = value => ok(value);

/** A URL path and query as they appear in an HTTP request line. */
export const urlPath: Parse<string> = value =>
  /^\/[!"$-~]*$/.test(value)
    ? ok(value)
    : err('must begin with / and contain no spaces (write %20), # or non-ASCII characters');

/** The value of a Host header: a name or address, optionally with a port. */
export const host: Parse<string> = value =>
  /^[A-Za-z0-9._\-:[\]]{1,255}$/.test(value)
    ? ok(value)
    : err('is not a host name: write example.org or example.org:8080');

/** The characters of systemd.time(7)'s calendar events; install validates the event with systemd-analyze. */
export const calendar: Parse<string> = value =>
  /^[A-Za-z0-9*.,:/~_+ -]{1,200}$/.test(value) && !value.startsWith('-')
    ? ok(value)
    : err('is not a calendar event: write Mon..Fri 08:00 or *-*-* 20:00');

/** An absolute path of characters that need no quoting. */
export const filePath: Parse<string> = value =>
  /^\/[A-Za-z0-9/._@+-]{1,1000}$/.test(value)
    ? ok(value)
    : err('must be an absolute path of at most 1000 letters, digits and / . _ @ + -');

/** A list of words that must all be valid. `what` completes the sentence `"x" is not ...`. */
export const words =
  (isValid: (word: string) => boolean, what: string): Parse<string[]> =>
  value => {
    const list = value.split(/\s+/);
    const wrong = list.find(word => !isValid(word));
    return wrong === undefined ? ok(list) : err(`: "${wrong}" is not ${what}`);
  };

/** More of them would make a line that nginx does not read. */
const MAX_EXTENSIONS = 20;

const anyExtensions = words(
  word => /^[A-Za-z0-9]{1,16}$/.test(word),
  'an extension of letters and digits, without its dot: write php',
);

/** `pl cgi`: extensions of file names. */
export const extensions: Parse<string[]> = value => {
  const list = anyExtensions(value);
  return list.ok && list.value.length > MAX_EXTENSIONS ? err(`has more than ${MAX_EXTENSIONS} words`) : list;
};

/** One value that must be valid. `what` completes the sentence `Key=x is not ...`. */
export const word =
  (isValid: (word: string) => boolean, what: string): Parse<string> =>
  value =>
    isValid(value) ? ok(value) : err(`is not ${what}`);

/** `200-399` or `204`: HTTP statuses, both ends included. */
export const statusRange: Parse<{ least: number; most: number }> = value => {
  const match = /^([1-5]\d\d)(?:-([1-5]\d\d))?$/.exec(value);
  const [least, most] = [Number(match?.[1]), Number(match?.[2] ?? match?.[1])];
  return match && least <= most
    ? ok({ least, most })
    : err('is not an HTTP status or range: write 204 or 200-399');
};
