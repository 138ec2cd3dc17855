import { text } from 'node:stream/consumers';
import { type Endpoint, exchange } from '../../../src/host/probe/exchange.ts';
import { type ProbeResult, probeWire, type WireProbe } from '../../../src/host/probe/probe.ts';
import { message, readAnswer } from '../../../src/wire/codec.ts';
import type { WireProtocol } from '../../../src/wire/request.ts';

/* Probes the workers that its input names, one after the other; prints what comes of it. */

export interface Question {
  protocol: WireProtocol;
  target: Endpoint;
  probe: WireProbe;
}

/** The result of a probe, or the code that it throws. */
export type Outcome = ProbeResult | string;

const { kind, questions } = JSON.parse(await text(process.stdin)) as {
  /** Whether to print the results, or the bodies of the answers. */
  kind: 'probe' | 'body';
  questions: Question[];
};
const codeOf = ({ code }: { code: string }): string => code;

async function bodyOf({ protocol, target, probe }: Question): Promise<string> {
  const bytes = message(protocol, probe);
  if (!bytes.ok) throw new Error(bytes.error);
  const bounds = { timeout: probe.timeout, limit: 65_536, done: () => false };
  const answer = readAnswer(protocol, await exchange(target, bytes.value, bounds), true);
  return answer.ok && answer.value ? answer.value.body : '';
}

const outcomes: Outcome[] = [];
for (const question of questions) {
  const { protocol, target, probe } = question;
  outcomes.push(
    await (kind === 'body' ? bodyOf(question) : probeWire(protocol, target, probe)).catch(codeOf),
  );
}
console.log(JSON.stringify(outcomes));
