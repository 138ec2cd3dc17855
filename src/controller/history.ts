import { own } from '../base/own.ts';
import { parseJson, readText } from '../host/files/files.ts';
import { writeEntry } from '../host/systemd/journal.ts';
import { paths } from '../model/paths.ts';
import { scaleText } from '../plan/size/autoscale.ts';
import { type Decision, readDecisions } from '../scale/decision.ts';
import type { Logger } from './log.ts';
import { StateFile } from './store.ts';

/** The number of decisions that a pool keeps for `cgipool why`. */
const MAX_DECISIONS = 100;

/** The same number for the same reason. */
const isRepeat = (a: Decision | undefined, b: Decision): boolean =>
  a !== undefined && a.from === b.from && a.to === b.to && a.rule === b.rule && a.held === b.held;

/** The latest decisions, by pool; survives a restart of the controller. */
export class History {
  #decisions: Record<string, Decision[]> = {};
  readonly #file: StateFile;

  constructor(log: Logger) {
    this.#file = new StateFile(paths.decisions, log);
  }

  async load(): Promise<void> {
    const known = parseJson((await readText(paths.decisions)) ?? 'null');
    // from another version or damaged: nothing but the history is lost
    this.#decisions = readDecisions(known) ?? {};
  }

  of(pool: string): readonly Decision[] {
    return own(this.#decisions, pool) ?? [];
  }

  /** Adds the decisions of a tick, with times of day. A repeated one replaces the last. `epoch`: see World. */
  add(decided: Record<string, Decision>, epoch: number): void {
    let isNews = false;
    for (const [pool, decision] of Object.entries(decided)) {
      const before = this.of(pool);
      const told = { ...decision, at: decision.at + epoch };
      const again = isRepeat(before.at(-1), decision);
      isNews ||= !again;
      this.#decisions[pool] = [...(again ? before.slice(0, -1) : before), told].slice(-MAX_DECISIONS);
    }
    if (isNews) this.#file.write(JSON.stringify(this.#decisions));
  }

  /** Drops pools that are no longer installed. */
  keepOnly(pools: readonly string[]): void {
    this.#decisions = Object.fromEntries(
      Object.entries(this.#decisions).filter(([pool]) => pools.includes(pool)),
    );
  }
}

/** Of every scaling entry, for `journalctl MESSAGE_ID=...` (sd-id128): random, and never to be changed. */
const MESSAGE_ID = '3f1c7a52d1e94f0f9b0e6a4f5c8d2b17';
/** SD_INFO of sd-daemon(3). */
const INFO = '6';

const fieldsOf = (pool: string, decision: Decision): Record<string, string> => ({
  MESSAGE: `${pool}: ${scaleText(decision)}`,
  MESSAGE_ID,
  PRIORITY: INFO,
  SYSLOG_IDENTIFIER: 'cgipool',
  CGIPOOL_POOL: pool,
  CGIPOOL_FROM: String(decision.from),
  CGIPOOL_TO: String(decision.to),
  CGIPOOL_RULE: decision.rule,
  CGIPOOL_HELD: decision.held ?? '',
  CGIPOOL_READINGS: JSON.stringify(decision.readings),
});

/** Logs each decision that changed the number, with its readings as journal fields. */
export async function logScaling(decided: Record<string, Decision>, log: Logger): Promise<void> {
  const changed = Object.entries(decided).filter(([, { from, to }]) => from !== to);
  await Promise.all(
    changed.map(([pool, decision]) =>
      writeEntry(fieldsOf(pool, decision)).catch(() => log.info(`${pool}: ${scaleText(decision)}`)),
    ),
  );
}
