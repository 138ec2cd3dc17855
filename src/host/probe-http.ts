import { type IncomingMessage, request } from 'node:http';
import { socketPath } from '../pool/names.ts';
import type { Health, Pool } from '../pool/pool.ts';
import type { ProbeResult } from './probe-result.ts';

/** A health answer longer than this is no health answer, bytes. */
export const BODY_LIMIT = 64 * 1024;

type Endpoint = Pick<Pool, 'name' | 'listen'>;

const failure = (code: string): Error => Object.assign(new Error(code), { code });

async function read(answer: IncomingMessage): Promise<{ status: number; text: string }> {
  let text = '';
  for await (const piece of answer.setEncoding('utf8')) {
    text += piece;
    if (text.length > BODY_LIMIT) throw failure('ERR_CANCELED');
  }
  return { status: answer.statusCode ?? 0, text };
}

/** Node's own client: a larger one costs seven times its CPU time, and every instance is asked every two seconds. */
function ask(pool: Endpoint, slot: number, { path, host, timeout }: Health): ReturnType<typeof read> {
  const target =
    pool.listen === 'tcp' ? { host: '127.0.0.1', port: slot } : { socketPath: socketPath(pool.name, slot) };
  const headers = { host, 'user-agent': 'cgipool', connection: 'close' };
  return new Promise((resolve, reject) => {
    const asked = request({ ...target, path, headers, agent: false });
    const late = setTimeout(() => asked.destroy(failure('ETIMEDOUT')), timeout);
    asked
      .on('response', answer => void read(answer).then(resolve, reject))
      .on('error', reject)
      .on('close', () => clearTimeout(late))
      .end();
  });
}

/** Checks an instance by a GET request. Rejects with an error that has a code where there is no answer. */
export async function probeHttp(pool: Endpoint, slot: number, health: Health): Promise<ProbeResult> {
  const began = performance.now();
  const { status, text } = await ask(pool, slot, health);
  const took = `${status} in ${Math.round(performance.now() - began)} ms`;
  const isExpected = status >= health.status.least && status <= health.status.most;
  if (isExpected && health.body !== null && !text.includes(health.body))
    return { ok: false, late: false, detail: `${took}, without the text of Body=` };
  return { ok: isExpected, late: false, detail: took };
}
