import { connect } from 'node:net';
import { socketPath } from '../pool/names.ts';
import type { Health, Pool } from '../pool/pool.ts';
import type { Jobs } from './jobs.ts';
import { probeExec } from './probe-exec.ts';
import type { ProbeResult } from './probe-result.ts';

/** A health answer longer than this is no health answer, bytes. */
const BODY_LIMIT = 64 * 1024;

const failed = (error: unknown, timeout: number): ProbeResult => ({
  ok: false,
  late: (error as { code?: string }).code === 'ETIMEDOUT',
  detail: reason(error, timeout),
});

/** The codes of Node and got in words. */
const WORDS: Record<string, string> = {
  ECONNREFUSED: 'nothing listens on its endpoint',
  ENOENT: 'nothing listens on its endpoint',
  ECONNRESET: 'the connection was closed without an answer',
  // only we cancel, see probeHttp
  ERR_CANCELED: `its answer is longer than ${BODY_LIMIT / 1024} KiB`,
};

function reason(error: unknown, timeout: number): string {
  const { code = '', message } = error as { code?: string; message?: string };
  if (code === 'ETIMEDOUT') return `no answer within ${timeout} ms`;
  // llhttp's codes, of Node's parser
  if (code.startsWith('HPE_')) return `its answer is no HTTP (${code})`;
  return WORDS[code] ?? (code || (message ?? 'unknown'));
}

type Endpoint = Pick<Pool, 'name' | 'listen'>;

const url = (pool: Endpoint, slot: number, path: string): string =>
  pool.listen === 'tcp'
    ? `http://127.0.0.1:${slot}${path}`
    : `http://unix:${socketPath(pool.name, slot)}:${path}`;

async function probeHttp(
  pool: Endpoint,
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

function probeConnect(pool: Endpoint, slot: number, timeout: number): Promise<ProbeResult> {
  const began = Date.now();
  const target =
    pool.listen === 'tcp' ? { host: '127.0.0.1', port: slot } : { path: socketPath(pool.name, slot) };
  return new Promise((resolve, reject) => {
    const socket = connect({ ...target, timeout });
    socket.once('connect', () =>
      resolve({ ok: true, late: false, detail: `connected in ${Date.now() - began} ms` }),
    );
    socket.once('timeout', () => reject({ code: 'ETIMEDOUT' }));
    socket.once('error', reject);
    socket.once('connect', () => socket.destroy()).once('timeout', () => socket.destroy());
  });
}

/** Checks one instance once. Never throws: what goes wrong is the result. */
export async function probe(
  pool: Endpoint,
  slot: number,
  health: Health,
  jobs: Jobs | null = null,
): Promise<ProbeResult> {
  try {
    if (health.probe === 'exec' && jobs) return await probeExec(jobs, pool.name, slot, health.timeout);
    if (health.probe === 'http') return await probeHttp(pool, slot, health);
    return await probeConnect(pool, slot, health.timeout);
  } catch (error) {
    return failed(error, health.timeout);
  }
}
