import { err, ok, type Result } from '../../base/result.ts';
import { type Answer, type AnswerSoFar, message, readAnswer } from '../../wire/codec.ts';
import type { WireProtocol, WireRequest } from '../../wire/request.ts';
import { type Endpoint, exchange } from './exchange.ts';

/** The longest answer that is read. */
export const MAX_ANSWER_BYTES = 64 * 1024;

const closedEarly = (bytes: Uint8Array): string =>
  bytes.length === 0
    ? 'the connection was closed without an answer'
    : 'the connection was closed in the middle of the answer';

/** Whether there is an answer, or there can be none. */
const isDecided = (reading: AnswerSoFar): boolean => !reading.ok || reading.value !== null;

/**
 * The answer to a GET request in the given protocol, or an error that says why there is none. Rejects, as `exchange`
 * does, when the connection fails or the answer is not complete within `timeout` ms.
 */
export async function ask(
  protocol: WireProtocol,
  endpoint: Endpoint,
  request: WireRequest,
  timeout: number,
): Promise<Result<Answer>> {
  const asked = message(protocol, request);
  if (!asked.ok) return asked;
  let reading: AnswerSoFar = ok(null);
  const done = (bytes: Uint8Array): boolean => {
    reading = readAnswer(protocol, bytes, false);
    return isDecided(reading);
  };
  const bytes = await exchange(endpoint, asked.value, { timeout, limit: MAX_ANSWER_BYTES, done });
  if (!isDecided(reading)) reading = readAnswer(protocol, bytes, true);
  if (!reading.ok) return reading;
  return reading.value ? ok(reading.value) : err(closedEarly(bytes));
}
