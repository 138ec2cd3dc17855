import { removeFile, writeIfChanged } from '../../host/files/files.ts';
import { type Access, AccessLog, type Attempt } from '../../host/nginx/access-log.ts';
import { logTag } from '../../host/nginx/log-tag.ts';
import { correctFor } from '../../host/nginx/loss.ts';
import { type Installed, servable } from '../../model/installed.ts';
import { endpoint, unitName, WAKE_SLOT, wakeUnitName } from '../../model/names.ts';
import { paths } from '../../model/paths.ts';
import type { Pool } from '../../model/pool.ts';
import { needsTraffic, reachable, slowAfter } from '../../model/traits.ts';
import type { RequestStats } from '../../scale/signals.ts';
import type { Logger } from '../log.ts';
import { LossTally } from './loss-tally.ts';

/** The slot behind an endpoint. */
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
 * A journal cursor for a time, ms since the epoch. journald seeks by `t=` alone (sd_journal_seek_cursor), hexadecimal
 * microseconds, so that a cursor can be made without the right to read the journal.
 */
const cursorAt = (ms: number): string => `t=${Math.round(ms * 1000).toString(16)}`;

/** `slow: POST /report at cgipool-search@8000.service took 3.2 s ...` and how to find the worker's own log lines. */
function slowText({ method, uri }: Access, { took, status }: Attempt, { pool, slot }: Served): string {
  const unit = slot === WAKE_SLOT ? wakeUnitName(pool.name, 'service') : unitName(pool.name, slot);
  const answer = status === null ? 'no answer' : `status ${status}`;
  const journal = `journalctl -u ${unit} --cursor=${cursorAt(Date.now() - took)}`;
  return `slow: ${method} ${uri} at ${unit} took ${seconds(took)}, ${answer} (${journal})`;
}

/** Request statistics from nginx's access log, for the pools that need them. */
export class RequestLog {
  #accessLog: AccessLog | null = null;
  #served = new Map<string, Served>();
  #address = '';
  #isNeeded = false;
  /** Why it cannot listen: without systemd's socket it may not, as the port is one of root's. */
  #failure: string | null = null;
  readonly #losses = new LossTally();

  constructor(readonly log: Logger) {}

  /** Listens if a pool needs it, and signals that to nginx by a file. The socket is never closed. */
  async setPools(installed: Installed): Promise<void> {
    this.#served = servedBy(installed);
    this.#address = installed.site.accessLog;
    this.#isNeeded = installed.pools.some(({ pool }) => needsTraffic(pool));
    if (this.#accessLog) this.#accessLog.tag = await logTag();
    else if (this.#isNeeded) await this.#listen();
    await this.#announce();
  }

  /** Statistics by endpoint since the last call; null if nothing is known. Logs the slow requests. */
  async take(): Promise<ReadonlyMap<string, RequestStats> | null> {
    if (!this.#accessLog || !this.#isNeeded) return null;
    const { stats, slow, loss } = this.#accessLog.take();
    for (const access of slow) this.#logSlow(access);
    this.#losses.add(loss);
    return correctFor(stats, loss);
  }

  /** For people. */
  get problems(): string[] {
    if (!this.#isNeeded) return [];
    if (!this.#failure) return this.#losses.problems;
    return [
      `cannot read nginx's log at ${this.#address} (${this.#failure}), so requests are not counted: systemctl status ` +
        'cgipool-log.socket; free the port or choose another AccessLog= in cgipool.conf, then systemctl restart cgipool',
    ];
  }

  /** nginx sends nothing while this file is missing. */
  async #announce(): Promise<void> {
    if (this.#accessLog && this.#isNeeded) await writeIfChanged(paths.listens, '');
    else await removeFile(paths.listens);
  }

  async #listen(): Promise<void> {
    const limitOf = (at: string): number | null => {
      const served = this.#served.get(at);
      return served ? slowAfter(served.pool) : null;
    };
    try {
      this.#accessLog = await AccessLog.listen(this.#address, await logTag(), limitOf);
      this.#failure = null;
    } catch (error) {
      this.#failure = (error as Error).message;
      for (const problem of this.problems) this.log.error(problem);
    }
  }

  #logSlow(access: Access): void {
    for (const attempt of access.attempts) {
      const served = this.#served.get(attempt.endpoint);
      if (served && attempt.took > (slowAfter(served.pool) ?? Infinity))
        this.log.warning(slowText(access, attempt, served));
    }
  }
}
