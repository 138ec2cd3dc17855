import type { Health } from '../pool/pool.ts';
import { readAnswer } from '../wire/answer.ts';
import { message } from '../wire/message.ts';
import type { WireProtocol } from '../wire/protocol.ts';
import type { WireRequest } from '../wire/request.ts';
import { exchange, type Target } from './exchange.ts';
import type { ProbeResult } from './probe-result.ts';
import { BODY_LIMIT, verdict } from './verdict.ts';

/** What is asked of a worker, and which answer is a healthy one. */
export type WireProbe = WireRequest & Pick<Health, 'status' | 'body' | 'timeout'>;

const failed = (detail: string): ProbeResult => ({ ok: false, late: false, detail });

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
  const began = performance.now();
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
  return answer.value ? verdict(answer.value, wanted, performance.now() - began) : torn(bytes);
}
