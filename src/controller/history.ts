import { parseJson, readText } from '../host/files.ts';
import { paths } from '../host/paths.ts';
import { own } from '../pool/own.ts';
import type { Decision } from '../scale/decision.ts';
import { isDecisions } from '../scale/decision-shape.ts';
import type { Log } from './log.ts';
import { Keeper } from './store.ts';

/** Decisions of a pool that `cgipool why` can tell of. */
const KEPT = 100;

/** The same thing again: as many, for the same reason. */
const isRepeat = (a: Decision | undefined, b: Decision): boolean =>
  a !== undefined && a.from === b.from && a.to === b.to && a.rule === b.rule && a.held === b.held;

/** What was decided of late, by pool; survives the controller. */
export class History {
  #decisions: Record<string, Decision[]> = {};
  readonly #file: Keeper;

  constructor(log: Log) {
    this.#file = new Keeper(paths.decisions, log);
  }

  async load(): Promise<void> {
    const known = parseJson((await readText(paths.decisions)) ?? 'null');
    // of another version or torn: then the past is forgotten, nothing more
    this.#decisions = isDecisions(known) ? known : {};
  }

  of(pool: string): readonly Decision[] {
    return own(this.#decisions, pool) ?? [];
  }

  /** Adds what a tick decided. What only repeats the last takes its place. */
  add(decided: Record<string, Decision>): void {
    let isNews = false;
    for (const [pool, decision] of Object.entries(decided)) {
      const before = this.of(pool);
      const again = isRepeat(before.at(-1), decision);
      isNews ||= !again;
      this.#decisions[pool] = [...(again ? before.slice(0, -1) : before), decision].slice(-KEPT);
    }
    if (isNews) this.#file.keep(JSON.stringify(this.#decisions));
  }

  /** Forgets pools that are gone. */
  keepOnly(pools: readonly string[]): void {
    this.#decisions = Object.fromEntries(
      Object.entries(this.#decisions).filter(([pool]) => pools.includes(pool)),
    );
  }
}
