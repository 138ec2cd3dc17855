import { err, ok, type Result } from '../base/result.ts';
import { textOf } from './bytes.ts';
import { readCgi } from './cgi.ts';
import { type FastcgiAnswer, fastcgi, readFastcgi } from './fastcgi.ts';
import { http, readHttp } from './http.ts';
import { variables, type WireProtocol, type WireRequest } from './request.ts';
import { scgi } from './scgi.ts';
import { uwsgi } from './uwsgi.ts';

const ENCODERS: Record<WireProtocol, (request: WireRequest) => Result<Uint8Array>> = {
  http: request => ok(http(request)),
  fastcgi: request => ok(fastcgi(variables('fastcgi', request))),
  scgi: request => ok(scgi(variables('scgi', request))),
  uwsgi: request => uwsgi(variables('uwsgi', request)),
};

/** The bytes of a request; an error when it is too long for the protocol. */
export const message = (protocol: WireProtocol, request: WireRequest): Result<Uint8Array> =>
  ENCODERS[protocol](request);

/** A worker's complete answer. */
export interface Answer {
  status: number;
  body: string;
  /** What a FastCGI worker wrote to its stderr stream, on one line. */
  stderr: string;
}

/** The state of an answer: complete, null while more is to come, or an error. */
export type AnswerSoFar = Result<Answer | null>;

/** Characters of a worker's stderr to quote in a message. */
const MAX_STDERR_CHARS = 200;

const oneLine = (text: string): string =>
  text
    .slice(0, 4 * MAX_STDERR_CHARS)
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .trim()
    .slice(0, MAX_STDERR_CHARS);

/** By protocolStatus of the FastCGI specification. */
const REFUSALS: Readonly<Record<number, string>> = {
  1: 'the worker rejected the request: it cannot multiplex a connection',
  2: 'the worker rejected the request: it is overloaded',
  3: 'the worker rejected the request: it is not a FastCGI responder',
};

function readPlain(reading: ReturnType<typeof readCgi>, isOver: boolean, stderr = ''): AnswerSoFar {
  if (!reading.ok) return reading;
  if (reading.value === null) return ok(null);
  const { status, body, rest } = reading.value;
  const isWhole = rest === 'none' || (rest === 'until the end' && isOver);
  return ok(isWhole ? { status, body: textOf(body), stderr } : null);
}

const withErrors = (text: string, stderr: string): string =>
  stderr === '' ? text : `${text}; stderr: ${stderr}`;

/** The answer to a request that has ended. */
function readEnded({ stdout, end }: FastcgiAnswer, stderr: string): AnswerSoFar {
  const failed = end?.application ? ` (exit status ${end.application})` : '';
  if (stdout.length === 0) return err(withErrors(`the answer is empty${failed}`, stderr));
  const reading = readPlain(readCgi(stdout), true, stderr);
  return reading.ok && reading.value === null ? err(withErrors('the answer is incomplete', stderr)) : reading;
}

function readRecords(bytes: Uint8Array, isOver: boolean): AnswerSoFar {
  const answer = readFastcgi(bytes);
  if (!answer.ok) return answer;
  const { end } = answer.value;
  const stderr = oneLine(answer.value.stderr);
  if (end === null && isOver && stderr !== '')
    return err(withErrors('the connection was closed in the middle of the answer', stderr));
  if (end === null) return ok(null);
  if (end.protocol === 0) return readEnded(answer.value, stderr);
  return err(REFUSALS[end.protocol] ?? `the worker rejected the request: protocol status ${end.protocol}`);
}

const READERS: Record<WireProtocol, (bytes: Uint8Array, isOver: boolean) => AnswerSoFar> = {
  http: (bytes, isOver) => readPlain(readHttp(bytes), isOver),
  fastcgi: readRecords,
  scgi: (bytes, isOver) => readPlain(readCgi(bytes), isOver),
  uwsgi: (bytes, isOver) => readPlain(readCgi(bytes), isOver),
};

/**
 * Parses what a worker has sent. `isOver`: it has closed the connection. The error says why this is not, or cannot
 * become, an answer.
 */
export const readAnswer = (protocol: WireProtocol, bytes: Uint8Array, isOver: boolean): AnswerSoFar =>
  READERS[protocol](bytes, isOver);
