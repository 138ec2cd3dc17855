import { err, ok, type Result } from '../../base/result.ts';
import { type Answer, type AnswerSoFar, message, readAnswer } from '../../wire/codec.ts';
import type { WireProtocol, WireRequest } from '../../wire/request.ts';
import { type Endpoint, exchange } from './exchange.ts';

/** An answer longer than this is none, bytes. */
export const MAX_ANSWER_BYTES = 64 * 1024;

/** What came before the connection was closed amid the answer. */
const torn = (bytes: Uint8Array): string =>
  bytes.length === 0
    ? 'the connection was closed without an answer'
    : 'the connection was closed amid its answer';

/** There is an answer, or there will be none. */
const isOver = (reading: AnswerSoFar): boolean => !reading.ok || reading.value !== null;

/**
 * The answer to a GET request in some protocol; an error says in words why it is none. Rejects, as `exchange` does, when
 * there is no connection, or not all of an answer within `timeout` ms.
 */
export async function ask(
  protocol: WireProtocol,
  target: Endpoint,
  request: WireRequest,
  timeout: number,
): Promise<Result<Answer>> {
  const asked = message(protocol, request);
  if (!asked.ok) return asked;
  let reading: AnswerSoFar = ok(null);
  const done = (bytes: Uint8Array): boolean => {
    reading = readAnswer(protocol, bytes, false);
    return isOver(reading);
  };
  const bytes = await exchange(target, asked.value, { timeout, limit: MAX_ANSWER_BYTES, done });
  if (!isOver(reading)) reading = readAnswer(protocol, bytes, true);
  if (!reading.ok) return reading;
  return reading.value ? ok(reading.value) : err(torn(bytes));
}
