import { err, ok } from '../../base/result.ts';
import type { Parse } from './values.ts';

/** ASCII that means nothing to nginx's configuration language, and percent signs that encode a byte. */
const WRITTEN = /^(?:[A-Za-z0-9/._~+@,:=-]|%[0-9A-Fa-f]{2})+$/;
const DECODED = /^(?:[A-Za-z0-9/._~+@,:=-]|[^\p{ASCII}\p{C}\p{Z}])+$/u;

/**
 * Below 255 bytes, with the slash that is put after it: nginx before 1.25 keeps the length in one byte, so that a longer
 * location would get the requests of others. Escaped a path is never shorter than decoded.
 */
const MAX_PATH_CHARS = 200;

/** nginx compares locations with the decoded path, so that `/caf%C3%A9` must stand there as `/café`. */
function decode(path: string): string | null {
  try {
    const decoded = decodeURIComponent(path);
    return DECODED.test(decoded) ? decoded : null;
  } catch {
    return null; // bytes that are no UTF-8
  }
}

/** A prefix of URL paths, decoded, without a slash at its end. */
export const location: Parse<string> = value => {
  if (!value.startsWith('/')) return err('must begin with /');
  if (value.length > MAX_PATH_CHARS) return err(`is longer than ${MAX_PATH_CHARS} characters`);
  const path = WRITTEN.test(value) ? decode(value) : null;
  if (path === null)
    return err(
      'may contain only letters, digits, / . _ ~ + @ , : = - and percent-encoded non-ASCII characters such as /caf%C3%A9',
    );
  // nginx removes both before it compares
  if (/\/\/|\/\.{1,2}(\/|$)/.test(path)) return err('would never match: remove //, /./ and /../');
  return ok(path.length > 1 ? path.replace(/\/$/, '') : path);
};
