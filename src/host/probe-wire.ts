import { type Answer, readAnswer } from '../wire/answer.ts';
import { message } from '../wire/message.ts';
import type { WireProtocol } from '../wire/protocol.ts';
import type { WireRequest } from '../wire/request.ts';
import { exchange, type Target } from './exchange.ts';
import { BODY_LIMIT } from './probe-http.ts';
import type { ProbeResult } from './probe-result.ts';

/** What is asked of a worker, and which answer is a healthy one. */
export interface WireProbe extends WireRequest {
  /** Statuses, both ends included. */
  status: { least: number; most: number };
  /** Text that the body must hold, or null: any. */
  body: string | null;
  /** ms */
  timeout: number;
}

const failed = (detail: string): ProbeResult => ({ ok: false, late: false, detail });

function judged(answer: Answer, { status, body }: WireProbe, took: number): ProbeResult {
  const said = `${answer.status} in ${took} ms`;
  const isExpected = answer.status >= status.least && answer.status <= status.most;
  if (!isExpected) return failed(answer.stderr === '' ? said : `${said}, and on stderr: ${answer.stderr}`);
  if (body !== null && !answer.body.includes(body)) return failed(`${said}, without the text of Body=`);
  return { ok: true, late: false, detail: said };
}

/** What came before the worker closed the connection amid its answer. */
const torn = (bytes: Uint8Array): ProbeResult =>
  failed(
    bytes.length === 0
      ? 'the connection was closed without an answer'
      : 'the connection was closed amid its answer',
  );

/**
 * Checks a worker once by a GET request in its own protocol. Rejects, as `exchange` does, when there is no connection or
 * no answer; all else is the result.
 */
export async function probeWire(
  protocol: WireProtocol,
  target: Target,
  wanted: WireProbe,
): Promise<ProbeResult> {
  const began = Date.now();
  const asked = message(protocol, wanted);
  if (!asked.ok) return failed(asked.error);
  const done = (bytes: Uint8Array): boolean => {
    const reading = readAnswer(protocol, bytes, false);
    return !reading.ok || reading.value !== null;
  };
  const { timeout } = wanted;
  const bytes = await exchange(target, asked.value, { timeout, limit: BODY_LIMIT, done });
  const answer = readAnswer(protocol, bytes, true);
  if (!answer.ok) return failed(answer.error);
  return answer.value ? judged(answer.value, wanted, Date.now() - began) : torn(bytes);
}
