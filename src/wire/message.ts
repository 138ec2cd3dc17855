import { ok, type Result } from '../pool/result.ts';
import { fastcgi } from './fastcgi.ts';
import { http } from './http.ts';
import type { WireProtocol } from './protocol.ts';
import { variables, type WireRequest } from './request.ts';
import { scgi } from './scgi.ts';
import { uwsgi } from './uwsgi.ts';

const ENCODERS: Record<WireProtocol, (request: WireRequest) => Result<Uint8Array>> = {
  http: request => ok(http(request)),
  fastcgi: request => ok(fastcgi(variables('fastcgi', request))),
  scgi: request => ok(scgi(variables('scgi', request))),
  uwsgi: request => uwsgi(variables('uwsgi', request)),
};

/** The bytes that ask a worker for an answer; an error when the request is too long for its protocol. */
export const message = (protocol: WireProtocol, request: WireRequest): Result<Uint8Array> =>
  ENCODERS[protocol](request);
