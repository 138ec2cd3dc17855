import { err, type Result } from '../base/result.ts';
import { latin1, utf8 } from './bytes.ts';
import { type CgiAnswer, readCgi } from './cgi.ts';
import type { WireRequest } from './request.ts';

/** A GET request that asks the worker to close the connection after the answer. */
export const http = ({ path, host }: Pick<WireRequest, 'path' | 'host'>): Uint8Array =>
  utf8(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: cgipool\r\nConnection: close\r\n\r\n`);

/** What every answer begins with. */
const MAGIC = 'HTTP/';

/** No well-behaved worker sends more interim answers. */
const MAX_INTERIM_ANSWERS = 8;

/** 100 Continue, 103 Early Hints and the like: the answer comes after them. */
const isInterim = ({ status }: CgiAnswer): boolean => status < 200;

/** Parses what has arrived of an HTTP/1 answer; null: the head has not ended. The error says why it is not HTTP. */
export function readHttp(bytes: Uint8Array, interim = 0): Result<CgiAnswer | null> {
  if (!MAGIC.startsWith(latin1(bytes.subarray(0, MAGIC.length)))) return err('the answer is not HTTP');
  const reading = readCgi(bytes, 'HTTP');
  if (!reading.ok || reading.value === null || !isInterim(reading.value)) return reading;
  if (interim === MAX_INTERIM_ANSWERS)
    return err('the final answer never arrives: the worker keeps sending 1xx answers');
  return readHttp(reading.value.body, interim + 1);
}
