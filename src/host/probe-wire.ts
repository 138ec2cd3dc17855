import type { Health } from '../pool/pool.ts';
import type { WireProtocol } from '../wire/protocol.ts';
import type { WireRequest } from '../wire/request.ts';
import { ask } from './ask.ts';
import type { Target } from './exchange.ts';
import type { ProbeResult } from './probe-result.ts';
import { verdict } from './verdict.ts';

/** What is asked of a worker, and which answer is a healthy one. */
export type WireProbe = WireRequest & Pick<Health, 'status' | 'body' | 'timeout'>;

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
  const answer = await ask(protocol, target, wanted, wanted.timeout);
  if (!answer.ok) return { ok: false, late: false, detail: answer.error };
  return verdict(answer.value, wanted, performance.now() - began);
}
