import { err, ok } from '../../base/result.ts';
import type { Parse } from './values.ts';

/** ASCII characters without a meaning in nginx's configuration, and percent-encoded bytes. */
const ENCODED = /^(?:[A-Za-z0-9/._~+@,:=-]|%[0-9A-Fa-f]{2})+$/;
const DECODED = /^(?:[A-Za-z0-9/._~+@,:=-]|[^\p{ASCII}\p{C}\p{Z}])+$/u;

/**
 * Less than 255 bytes with the slash that is appended: nginx before 1.25 stores the length in one byte, and a longer location
 * would get the requests of others. A path is never longer decoded than encoded.
 */
const MAX_PATH_CHARS = 200;

/** nginx compares locations with the decoded path: `/caf%C3%A9` must be `/café` in its configuration. */
function decode(path: string): string | null {
  try {
    const decoded = decodeURIComponent(path);
    return DECODED.test(decoded) ? decoded : null;
  } catch {
    return null; // not UTF-8
  }
}

/** A prefix of URL paths, decoded, without a trailing slash. */
export const location: Parse<string> = value => {
  if (!value.startsWith('/')) return err('must begin with /');
  if (value.length > MAX_PATH_CHARS) return err(`is longer than ${MAX_PATH_CHARS} characters`);
  const path = ENCODED.test(value) ? decode(value) : null;
  if (path === null)
    return err(
      'may contain only letters, digits, / . _ ~ + @ , : = - and percent-encoded non-ASCII characters such as /caf%C3%A9',
    );
  // nginx removes these before it compares
  if (/\/\/|\/\.{1,2}(\/|$)/.test(path)) return err('would never match: remove //, /./ and /../');
  return ok(path.length > 1 ? path.replace(/\/$/, '') : path);
};
