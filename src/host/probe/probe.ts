import { connect } from 'node:net';
import { probeUnitName, socketPath } from '../../model/names.ts';
import type { Health, Pool } from '../../model/pool.ts';
import type { WireProtocol, WireRequest } from '../../wire/request.ts';
import type { Jobs } from '../systemd/jobs.ts';
import { ask, MAX_ANSWER_BYTES } from './ask.ts';
import { type Endpoint, errorWithCode, MAX_PIECES } from './exchange.ts';
import { Patience } from './patience.ts';

const failed = (error: unknown, timeout: number): ProbeResult => ({
  ok: false,
  late: (error as { code?: string }).code === 'ETIMEDOUT',
  detail: reason(error, timeout),
});

/** Messages for the codes of Node's errors. */
const MESSAGES: Record<string, string> = {
  ECONNREFUSED: 'nothing is listening on the endpoint',
  ENOENT: 'nothing is listening on the endpoint',
  ECONNRESET: 'the connection was closed without an answer',
  // thrown by exchange() alone
  ERR_CANCELED: `the answer is longer than ${MAX_ANSWER_BYTES / 1024} KiB`,
  EMSGSIZE: `the answer comes in more than ${MAX_PIECES} pieces`,
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
  const began = performance.now();
  return new Promise((resolve, reject) => {
    const socket = connect(endpointOf(pool, slot));
    const patience = new Patience(timeout, () => socket.destroy(errorWithCode('ETIMEDOUT')));
    socket.once('connect', () => {
      resolve({ ok: true, late: false, detail: `connected in ${Math.round(performance.now() - began)} ms` });
      socket.destroy();
    });
    socket.once('error', reject).once('close', () => patience.end());
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
  const { script, root, scriptExtensions, location } = pool.nginx;
  const wanted = { ...health, script, root, scriptExtensions, location };
  return probeWire(protocol, endpointOf(pool, slot), wanted);
};

/** Probes an instance once. Never throws: a failure is the result. */
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

/** Time beyond the unit's own timeout for systemd to stop it. */
const JOB_SLACK_MS = 5_000;

/** Probes an instance with its pool's command, in a unit of its own: as the pool's user, in the pool's sandbox. */
async function probeExec(jobs: Jobs, pool: string, slot: number, timeout: number): Promise<ProbeResult> {
  const unit = probeUnitName(pool, slot);
  const began = performance.now();
  const result = await jobs.run(unit, timeout + JOB_SLACK_MS);
  if (result === 'done')
    return { ok: true, late: false, detail: `exit status 0 in ${Math.round(performance.now() - began)} ms` };
  return { ok: false, late: false, detail: `the probe command failed (journalctl -u ${unit})` };
}

/** The result of one probe. */
export interface ProbeResult {
  ok: boolean;
  /** It timed out. */
  late: boolean;
  detail: string;
}

/** What to request from a worker, and which answers count as healthy. */
export type WireProbe = WireRequest & Pick<Health, 'status' | 'body' | 'timeout'>;

/**
 * Probes a worker once with a GET request in its own protocol. Rejects, as `exchange` does, when there is no connection
 * or no answer; any other failure is the result.
 */
export async function probeWire(
  protocol: WireProtocol,
  endpoint: Endpoint,
  wanted: WireProbe,
): Promise<ProbeResult> {
  const began = performance.now();
  const answer = await ask(protocol, endpoint, wanted, wanted.timeout);
  if (!answer.ok) return { ok: false, late: false, detail: answer.error };
  return verdict(answer.value, wanted, performance.now() - began);
}

/** What a worker answered to a GET request. */
interface ProbeAnswer {
  status: number;
  body: string;
  /** Its error output, empty without. */
  stderr: string;
}

/** Whether the answer counts as healthy. `took`: how long it took, ms. */
export function verdict(
  { status, body, stderr }: ProbeAnswer,
  wanted: Pick<Health, 'status' | 'body'>,
  took: number,
): ProbeResult {
  const summary = `${status} in ${Math.round(took)} ms`;
  const failed = (detail: string): ProbeResult => ({ ok: false, late: false, detail });
  if (status < wanted.status.least || status > wanted.status.most)
    return failed(stderr === '' ? summary : `${summary}; stderr: ${stderr}`);
  if (wanted.body !== null && !body.includes(wanted.body))
    return failed(`${summary}, but the body lacks the text of Body=`);
  return { ok: true, late: false, detail: summary };
}
