import { connect } from 'node:net';
import { socketPath } from '../pool/names.ts';
import type { Health, Pool } from '../pool/pool.ts';
import type { WireProtocol } from '../wire/protocol.ts';
import { ANSWER_LIMIT } from './ask.ts';
import { coded } from './coded.ts';
import type { Target } from './exchange.ts';
import type { Jobs } from './jobs.ts';
import { probeExec } from './probe-exec.ts';
import type { ProbeResult } from './probe-result.ts';
import { probeWire } from './probe-wire.ts';

const failed = (error: unknown, timeout: number): ProbeResult => ({
  ok: false,
  late: (error as { code?: string }).code === 'ETIMEDOUT',
  detail: reason(error, timeout),
});

/** The codes of Node in words. */
const WORDS: Record<string, string> = {
  ECONNREFUSED: 'nothing listens on its endpoint',
  ENOENT: 'nothing listens on its endpoint',
  ECONNRESET: 'the connection was closed without an answer',
  // only we cancel
  ERR_CANCELED: `its answer is longer than ${ANSWER_LIMIT / 1024} KiB`,
};

function reason(error: unknown, timeout: number): string {
  const { code = '', message } = error as { code?: string; message?: string };
  if (code === 'ETIMEDOUT') return `no answer within ${timeout} ms`;
  return WORDS[code] ?? (code || (message ?? 'unknown'));
}

type Endpoint = Pick<Pool, 'name' | 'listen' | 'nginx'>;

const targetOf = (pool: Endpoint, slot: number): Target =>
  pool.listen === 'tcp' ? { host: '127.0.0.1', port: slot } : { path: socketPath(pool.name, slot) };

function probeConnect(pool: Endpoint, slot: number, timeout: number): Promise<ProbeResult> {
  const began = Date.now();
  return new Promise((resolve, reject) => {
    const socket = connect({ ...targetOf(pool, slot), timeout });
    socket.once('connect', () =>
      resolve({ ok: true, late: false, detail: `connected in ${Date.now() - began} ms` }),
    );
    socket.once('timeout', () => reject(coded('ETIMEDOUT')));
    socket.once('error', reject);
    socket.once('connect', () => socket.destroy()).once('timeout', () => socket.destroy());
  });
}

const isWire = (probe: Health['probe']): probe is WireProtocol =>
  probe !== 'tcp' && probe !== 'exec' && probe !== 'none';

const probeByWire = (
  protocol: WireProtocol,
  pool: Endpoint,
  slot: number,
  health: Health,
): Promise<ProbeResult> => {
  const { script, root, location } = pool.nginx;
  return probeWire(protocol, targetOf(pool, slot), { ...health, script, root, location });
};

/** Checks one instance once. Never throws: what goes wrong is the result. */
export async function probe(
  pool: Endpoint,
  slot: number,
  health: Health,
  jobs: Jobs | null = null,
): Promise<ProbeResult> {
  try {
    if (health.probe === 'exec' && jobs) return await probeExec(jobs, pool.name, slot, health.timeout);
    if (isWire(health.probe)) return await probeByWire(health.probe, pool, slot, health);
    return await probeConnect(pool, slot, health.timeout);
  } catch (error) {
    return failed(error, health.timeout);
  }
}
