import { err, ok, type Result } from '../base/result.ts';
import { join, utf8 } from './bytes.ts';
import type { Variables } from './request.ts';

/** The longest block of variables: its length has 16 bits. */
const MAX_VARIABLES_BYTES = 65_535;

const size = (length: number): Uint8Array => Uint8Array.of(length, length >> 8);

function sized(text: string): Uint8Array {
  const bytes = utf8(text);
  return join([size(bytes.length), bytes]);
}

/** A request without a body, as one message; an error when the variables exceed the protocol's limit. */
export function uwsgi(variables: Variables): Result<Uint8Array> {
  const body = join(Object.entries(variables).flat().map(sized));
  if (body.length > MAX_VARIABLES_BYTES)
    return err("the request exceeds uwsgi's limit of 64 KiB: shorten Path=");
  // modifiers 0 and 0: a request with CGI variables
  return ok(join([Uint8Array.of(0), size(body.length), Uint8Array.of(0), body]));
}
