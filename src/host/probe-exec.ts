import { probeUnitName } from '../pool/names.ts';
import type { Jobs } from './jobs.ts';
import type { ProbeResult } from './probe-result.ts';

/** Checks one instance by its pool's command, in a unit of its own: as the pool's user, in the pool's sandbox. */
export async function probeExec(jobs: Jobs, pool: string, slot: number): Promise<ProbeResult> {
  const unit = probeUnitName(pool, slot);
  const began = Date.now();
  const result = await jobs.run(unit);
  if (result === 'done')
    return { ok: true, late: false, detail: `exit status 0 in ${Date.now() - began} ms` };
  return { ok: false, late: false, detail: `its command failed (journalctl -u ${unit})` };
}
