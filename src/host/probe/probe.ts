import { connect } from 'node:net';
import { probeUnitName, socketPath } from '../../model/names.ts';
import type { Health, Pool } from '../../model/pool.ts';
import type { WireProtocol, WireRequest } from '../../wire/request.ts';
import type { Jobs } from '../systemd/jobs.ts';
import { ask, MAX_ANSWER_BYTES } from './ask.ts';
import { type Endpoint, errorWithCode } from './exchange.ts';

const failed = (error: unknown, timeout: number): ProbeResult => ({
  ok: false,
  late: (error as { code?: string }).code === 'ETIMEDOUT',
  detail: reason(error, timeout),
});

/** The codes of Node in words. */
const MESSAGES: Record<string, string> = {
  ECONNREFUSED: 'nothing listens on its endpoint',
  ENOENT: 'nothing listens on its endpoint',
  ECONNRESET: 'the connection was closed without an answer',
  // only we cancel
  ERR_CANCELED: `its answer is longer than ${MAX_ANSWER_BYTES / 1024} KiB`,
};

function reason(error: unknown, timeout: number): string {
  const { code = '', message } = error as { code?: string; message?: string };
  if (code === 'ETIMEDOUT') return `no answer within ${timeout} ms`;
  return MESSAGES[code] ?? (code || (message ?? 'unknown'));
}

type Probed = Pick<Pool, 'name' | 'listen' | 'nginx'>;

const endpointOf = (pool: Probed, slot: number): Endpoint =>
  pool.listen === 'tcp' ? { host: '127.0.0.1', port: slot } : { path: socketPath(pool.name, slot) };

function probeConnect(pool: Probed, slot: number, timeout: number): Promise<ProbeResult> {
  const began = Date.now();
  return new Promise((resolve, reject) => {
    const socket = connect({ ...endpointOf(pool, slot), timeout });
    socket.once('connect', () =>
      resolve({ ok: true, late: false, detail: `connected in ${Date.now() - began} ms` }),
    );
    socket.once('timeout', () => reject(errorWithCode('ETIMEDOUT')));
    socket.once('error', reject);
    socket.once('connect', () => socket.destroy()).once('timeout', () => socket.destroy());
  });
}

const isWire = (probe: Health['probe']): probe is WireProtocol =>
  probe !== 'tcp' && probe !== 'exec' && probe !== 'none';

const probeByWire = (
  protocol: WireProtocol,
  pool: Probed,
  slot: number,
  health: Health,
): Promise<ProbeResult> => {
  const { script, root, location } = pool.nginx;
  return probeWire(protocol, endpointOf(pool, slot), { ...health, script, root, location });
};

/** Checks one instance once. Never throws: what goes wrong is the result. */
export async function probe(
  pool: Probed,
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

/** Beyond the unit's own limit, for systemd to end it, ms. */
const JOB_SLACK_MS = 5_000;

/** Checks one instance by its pool's command, in a unit of its own: as the pool's user, in the pool's sandbox. */
export async function probeExec(
  jobs: Jobs,
  pool: string,
  slot: number,
  timeout: number,
): Promise<ProbeResult> {
  const unit = probeUnitName(pool, slot);
  const began = Date.now();
  const result = await jobs.run(unit, timeout + JOB_SLACK_MS);
  if (result === 'done')
    return { ok: true, late: false, detail: `exit status 0 in ${Date.now() - began} ms` };
  return { ok: false, late: false, detail: `its command failed (journalctl -u ${unit})` };
}

/** What one check of one instance found. */
export interface ProbeResult {
  ok: boolean;
  /** There was no answer in time. */
  late: boolean;
  detail: string;
}

/** What is asked of a worker, and which answer is a healthy one. */
export type WireProbe = WireRequest & Pick<Health, 'status' | 'body' | 'timeout'>;

/**
 * Checks a worker once by a GET request in its own protocol. Rejects, as `exchange` does, when there is no connection or
 * no answer; all else is the result.
 */
export async function probeWire(
  protocol: WireProtocol,
  target: Endpoint,
  wanted: WireProbe,
): Promise<ProbeResult> {
  const began = performance.now();
  const answer = await ask(protocol, target, wanted, wanted.timeout);
  if (!answer.ok) return { ok: false, late: false, detail: answer.error };
  return verdict(answer.value, wanted, performance.now() - began);
}

/** What a worker answered to a probe by request. */
interface ProbeAnswer {
  status: number;
  body: string;
  /** What it complained of beside it. */
  stderr: string;
}

/** Whether the answer is a healthy one, with its status and how long it took, ms, in words. */
export function verdict(
  { status, body, stderr }: ProbeAnswer,
  wanted: Pick<Health, 'status' | 'body'>,
  took: number,
): ProbeResult {
  const said = `${status} in ${Math.round(took)} ms`;
  const failed = (detail: string): ProbeResult => ({ ok: false, late: false, detail });
  if (status < wanted.status.least || status > wanted.status.most)
    return failed(stderr === '' ? said : `${said}, and on stderr: ${stderr}`);
  if (wanted.body !== null && !body.includes(wanted.body))
    return failed(`${said}, without the text of Body=`);
  return { ok: true, late: false, detail: said };
}
