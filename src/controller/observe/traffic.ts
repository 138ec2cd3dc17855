import { removeFile, writeIfChanged } from '../../host/files/files.ts';
import { type Access, AccessLog, type Attempt } from '../../host/nginx/access-log.ts';
import { logTag } from '../../host/nginx/log-tag.ts';
import { type Installed, servable } from '../../model/installed.ts';
import { endpoint, unitName, WAKE_SLOT, wakeUnitName } from '../../model/names.ts';
import { paths } from '../../model/paths.ts';
import type { Pool } from '../../model/pool.ts';
import { needsTraffic, reachable, slowAfter } from '../../model/traits.ts';
import type { RequestStats } from '../../scale/signals.ts';
import type { Log } from '../log.ts';

/** An instance behind an endpoint. */
interface Served {
  pool: Pool;
  slot: number;
}

const servedBy = (installed: Installed): Map<string, Served> =>
  new Map(
    installed.pools
      .map(servable)
      .flatMap(pool =>
        reachable(pool).map((slot): [string, Served] => [endpoint(pool, slot), { pool, slot }]),
      ),
  );

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/**
 * A cursor of the journal at a time, ms since the epoch: journald seeks by `t=` alone, hexadecimal microseconds, as well as
 * by the longer ones that it gives out itself (sd_journal_seek_cursor), and to make one needs no right to read the journal.
 */
const cursorAt = (ms: number): string => `t=${Math.round(ms * 1000).toString(16)}`;

/** `slow: POST /report at cgipool-search@8000.service took 3.2 s ...` with the way to the worker's own lines. */
function slowText({ method, uri }: Access, { took, status }: Attempt, { pool, slot }: Served): string {
  const unit = slot === WAKE_SLOT ? wakeUnitName(pool.name, 'service') : unitName(pool.name, slot);
  const answer = status === null ? 'without an answer' : `status ${status}`;
  const journal = `journalctl -u ${unit} --cursor=${cursorAt(Date.now() - took)}`;
  return `slow: ${method} ${uri} at ${unit} took ${seconds(took)}, ${answer} (${journal})`;
}

/** What nginx tells of each request, as far as a pool needs it. */
export class Traffic {
  #accessLog: AccessLog | null = null;
  #served = new Map<string, Served>();

  constructor(readonly log: Log) {}

  /** Listens where one of the pools needs it, and tells nginx so by a file; stops where none does. */
  async setPools(installed: Installed): Promise<void> {
    this.#served = servedBy(installed);
    this.#accessLog?.close();
    this.#accessLog = null;
    await removeFile(paths.listens);
    if (installed.pools.some(({ pool }) => needsTraffic(pool))) await this.#listen(installed);
  }

  /** Requests by endpoint since the last call, null when nginx is not heard; the slow ones go to the journal. */
  take(): ReadonlyMap<string, RequestStats> | null {
    if (!this.#accessLog) return null;
    const { stats, slow } = this.#accessLog.take();
    for (const access of slow) this.#tell(access);
    return stats;
  }

  async #listen({ site }: Installed): Promise<void> {
    const limitOf = (at: string): number | null => {
      const served = this.#served.get(at);
      return served ? slowAfter(served.pool) : null;
    };
    try {
      this.#accessLog = await AccessLog.listen(site.accessLog, await logTag(), limitOf);
      // nginx sends nothing while this file is missing: with nobody listening it fills its error log
      await writeIfChanged(paths.listens, '');
    } catch (error) {
      const what = `cannot listen on ${site.accessLog} for nginx's access log (${(error as Error).message})`;
      this.log.error(`${what}: choose another AccessLog= in cgipool.conf`);
    }
  }

  #tell(access: Access): void {
    for (const attempt of access.attempts) {
      const served = this.#served.get(attempt.endpoint);
      if (served && attempt.took > (slowAfter(served.pool) ?? Infinity))
        this.log.warning(slowText(access, attempt, served));
    }
  }
}
