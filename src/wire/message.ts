import { ok, type Result } from '../pool/result.ts';
import { fastcgi } from './fastcgi.ts';
import { http } from './http.ts';
import type { CgiProtocol, Variables, WireProtocol } from './protocol.ts';
import { variables, type WireRequest } from './request.ts';
import { scgi } from './scgi.ts';
import { uwsgi } from './uwsgi.ts';

const ENCODERS: Record<CgiProtocol, (variables: Variables) => Result<Uint8Array>> = {
  fastcgi: variables => ok(fastcgi(variables)),
  scgi: variables => ok(scgi(variables)),
  uwsgi,
};

/** The bytes that ask a worker for an answer; an error when the request is too long for its protocol. */
export const message = (protocol: WireProtocol, request: WireRequest): Result<Uint8Array> =>
  protocol === 'http' ? ok(http(request)) : ENCODERS[protocol](variables(protocol, request));
