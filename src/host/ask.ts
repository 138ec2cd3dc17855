import { err, ok, type Result } from '../pool/result.ts';
import { type Answer, type Reading, readAnswer } from '../wire/answer.ts';
import { message } from '../wire/message.ts';
import type { WireProtocol } from '../wire/protocol.ts';
import type { WireRequest } from '../wire/request.ts';
import { exchange, type Target } from './exchange.ts';

/** An answer longer than this is none, bytes. */
export const ANSWER_LIMIT = 64 * 1024;

/** What came before the connection was closed amid the answer. */
const torn = (bytes: Uint8Array): string =>
  bytes.length === 0
    ? 'the connection was closed without an answer'
    : 'the connection was closed amid its answer';

/** There is an answer, or there will be none. */
const isOver = (reading: Reading): boolean => !reading.ok || reading.value !== null;

/**
 * The answer to a GET request in some protocol; an error says in words why it is none. Rejects, as `exchange` does, when
 * there is no connection, or not all of an answer within `timeout` ms.
 */
export async function ask(
  protocol: WireProtocol,
  target: Target,
  request: WireRequest,
  timeout: number,
): Promise<Result<Answer>> {
  const asked = message(protocol, request);
  if (!asked.ok) return asked;
  let reading: Reading = ok(null);
  const done = (bytes: Uint8Array): boolean => {
    reading = readAnswer(protocol, bytes, false);
    return isOver(reading);
  };
  const bytes = await exchange(target, asked.value, { timeout, limit: ANSWER_LIMIT, done });
  if (!isOver(reading)) reading = readAnswer(protocol, bytes, true);
  if (!reading.ok) return reading;
  return reading.value ? ok(reading.value) : err(torn(bytes));
}
