import { err, ok } from '../../base/result.ts';
import type { Parse } from './values.ts';

/** Any text on one line. */
export const text: Parse<string> = value => ok(value);

/** A URL path and query as an HTTP request line may hold it. */
export const urlPath: Parse<string> = value =>
  /^\/[!"$-~]*$/.test(value)
    ? ok(value)
    : err('must begin with / and hold no blanks (%20), # or non-ASCII letters');

/** Host header text: letters, digits, dots, hyphens, a port, a bracketed IPv6 address. */
export const host: Parse<string> = value =>
  /^[A-Za-z0-9._\-:[\]]{1,255}$/.test(value) ? ok(value) : err('is no host name');

/** The characters of systemd.time(7)'s calendar events; systemd-analyze says whether it is one. */
export const calendar: Parse<string> = value =>
  /^[A-Za-z0-9*.,:/~_+ -]{1,200}$/.test(value) && !value.startsWith('-')
    ? ok(value)
    : err('is no calendar event: write Mon..Fri 08:00 or *-*-* 20:00');

/** An absolute path of characters that need no quoting; nginx takes no word of 4096 letters. */
export const filePath: Parse<string> = value =>
  /^\/[A-Za-z0-9/._@+-]{1,1000}$/.test(value)
    ? ok(value)
    : err('must be an absolute path of letters, digits and / . _ @ + -, at most 1000 of them');

/** A list of words, each of which must be good. */
export const words =
  (isGood: (word: string) => boolean, what: string): Parse<string[]> =>
  value => {
    const list = value.split(/\s+/);
    const wrong = list.find(word => !isGood(word));
    return wrong === undefined ? ok(list) : err(`: "${wrong}" is no ${what}`);
  };

/** More of them would make a line too long for nginx. */
const MAX_EXTENSIONS = 20;

const someExtensions = words(
  word => /^[A-Za-z0-9]{1,16}$/.test(word),
  'extension: letters and digits without the dot, as in php',
);

/** `pl cgi`: what names of files end in. */
export const extensions: Parse<string[]> = value => {
  const list = someExtensions(value);
  return list.ok && list.value.length > MAX_EXTENSIONS ? err(`are more than ${MAX_EXTENSIONS}`) : list;
};

/** One value that must be good. */
export const word =
  (isGood: (word: string) => boolean, what: string): Parse<string> =>
  value =>
    isGood(value) ? ok(value) : err(`is no ${what}`);

/** `200-399` or `204`: HTTP statuses, both ends included. */
export const statusRange: Parse<{ least: number; most: number }> = value => {
  const match = /^([1-5]\d\d)(?:-([1-5]\d\d))?$/.exec(value);
  const [least, most] = [Number(match?.[1]), Number(match?.[2] ?? match?.[1])];
  return match && least <= most
    ? ok({ least, most })
    : err('is no status or range of statuses of HTTP: write 204 or 200-399');
};
