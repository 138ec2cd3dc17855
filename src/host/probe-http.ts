import { socketPath } from '../pool/names.ts';
import type { Health, Pool } from '../pool/pool.ts';
import type { ProbeResult } from './probe-result.ts';

/** A health answer longer than this is no health answer, bytes. */
export const BODY_LIMIT = 64 * 1024;

const url = (pool: Pick<Pool, 'name' | 'listen'>, slot: number, path: string): string =>
  pool.listen === 'tcp'
    ? `http://127.0.0.1:${slot}${path}`
    : `http://unix:${socketPath(pool.name, slot)}:${path}`;

/** Checks an instance by a GET request; rejects where there is no answer, as got does. */
export async function probeHttp(
  pool: Pick<Pool, 'name' | 'listen'>,
  slot: number,
  { path, host, status, body, timeout }: Health,
): Promise<ProbeResult> {
  const { got } = await import('got');
  const request = got(url(pool, slot, path), {
    headers: { host, 'user-agent': 'cgipool', connection: 'close' },
    timeout: { request: timeout },
    retry: { limit: 0 },
    followRedirect: false,
    throwHttpErrors: false,
    enableUnixSockets: true,
    decompress: false,
  });
  request.on('downloadProgress', ({ transferred }) => {
    if (transferred > BODY_LIMIT) request.cancel();
  });
  const { statusCode, timings, body: text } = await request;
  const took = `${statusCode} in ${timings.phases.total ?? 0} ms`;
  const isExpected = statusCode >= status.least && statusCode <= status.most;
  if (isExpected && body !== null && !text.includes(body))
    return { ok: false, late: false, detail: `${took}, without the text of Body=` };
  return { ok: isExpected, late: false, detail: took };
}
