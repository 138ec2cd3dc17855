import { type IncomingMessage, request } from 'node:http';
import { socketPath } from '../pool/names.ts';
import type { Health, Pool } from '../pool/pool.ts';
import { coded } from './coded.ts';
import type { ProbeResult } from './probe-result.ts';
import { BODY_LIMIT, verdict } from './verdict.ts';

type Endpoint = Pick<Pool, 'name' | 'listen'>;

async function read(answer: IncomingMessage): Promise<{ status: number; body: string }> {
  let body = '';
  for await (const piece of answer.setEncoding('utf8')) {
    body += piece;
    if (body.length > BODY_LIMIT) throw coded('ERR_CANCELED');
  }
  return { status: answer.statusCode ?? 0, body };
}

/** Node's own client: a larger one costs seven times its CPU time, and every instance is asked every two seconds. */
function ask(pool: Endpoint, slot: number, { path, host, timeout }: Health): ReturnType<typeof read> {
  const target =
    pool.listen === 'tcp' ? { host: '127.0.0.1', port: slot } : { socketPath: socketPath(pool.name, slot) };
  const headers = { host, 'user-agent': 'cgipool', connection: 'close' };
  return new Promise((resolve, reject) => {
    const asked = request({ ...target, path, headers, agent: false });
    const late = setTimeout(() => asked.destroy(coded('ETIMEDOUT')), timeout);
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
  const answer = await ask(pool, slot, health);
  return verdict({ ...answer, stderr: '' }, health, performance.now() - began);
}
