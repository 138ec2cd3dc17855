import { join, utf8 } from './bytes.ts';
import type { Variables } from './request.ts';

/** A request without a body, as one message: a netstring of names and values, each terminated by NUL. */
export function scgi(variables: Variables): Uint8Array {
  const pairs = Object.entries(variables).map(([name, value]) => `${name}\0${value}\0`);
  const headers = utf8(pairs.join(''));
  return join([utf8(`${headers.length}:`), headers, utf8(',')]);
}
