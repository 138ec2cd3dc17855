import { probeUnitName } from '../pool/names.ts';
import type { Jobs } from './jobs.ts';
import type { ProbeResult } from './probe-result.ts';

/** Beyond the unit's own limit, for systemd to end it, ms. */
const SLACK = 5_000;

/** Checks one instance by its pool's command, in a unit of its own: as the pool's user, in the pool's sandbox. */
export async function probeExec(
  jobs: Jobs,
  pool: string,
  slot: number,
  timeout: number,
): Promise<ProbeResult> {
  const unit = probeUnitName(pool, slot);
  const began = Date.now();
  const result = await jobs.run(unit, timeout + SLACK);
  if (result === 'done')
    return { ok: true, late: false, detail: `exit status 0 in ${Date.now() - began} ms` };
  return { ok: false, late: false, detail: `its command failed (journalctl -u ${unit})` };
}
