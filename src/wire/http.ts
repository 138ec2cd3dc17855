import { err, type Result } from '../base/result.ts';
import { latin1, utf8 } from './bytes.ts';
import { type CgiAnswer, readCgi } from './cgi.ts';
import type { WireRequest } from './request.ts';

/** A GET request, after whose answer the worker is to close the connection. */
export const http = ({ path, host }: Pick<WireRequest, 'path' | 'host'>): Uint8Array =>
  utf8(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: cgipool\r\nConnection: close\r\n\r\n`);

/** What every answer begins with. */
const MAGIC = 'HTTP/';

/** So many come before no honest answer. */
const MAX_INTERIM_ANSWERS = 8;

/** 100 Continue, 103 Early Hints and the like: the answer comes after them. */
const isInterim = ({ status }: CgiAnswer): boolean => status < 200;

/** Reads what has come so far of an answer of HTTP/1; null: the head is not over. An error says in words what is none. */
export function readHttp(bytes: Uint8Array, interim = 0): Result<CgiAnswer | null> {
  if (!MAGIC.startsWith(latin1(bytes.subarray(0, MAGIC.length)))) return err('its answer is no HTTP');
  const reading = readCgi(bytes, 'HTTP');
  if (!reading.ok || reading.value === null || !isInterim(reading.value)) return reading;
  if (interim === MAX_INTERIM_ANSWERS)
    return err('its answer never begins: it sends one 1xx after the other');
  return readHttp(reading.value.body, interim + 1);
}
