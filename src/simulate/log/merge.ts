import type { LogEntry } from './entry.ts';

/** Where one source is at. */
class Cursor {
  #batch: readonly LogEntry[] = [];
  #at = 0;

  constructor(readonly source: AsyncIterator<readonly LogEntry[]>) {}

  /** The stamp of the next entry, ms since the epoch; only while `isSpent` is false. */
  get stamp(): number {
    return this.#batch[this.#at]?.stamp ?? Number.POSITIVE_INFINITY;
  }

  get isSpent(): boolean {
    return this.#at >= this.#batch.length;
  }

  /** The next batch that is not empty; false: there is none. */
  async refill(): Promise<boolean> {
    for (let next = await this.source.next(); !next.done; next = await this.source.next()) {
      [this.#batch, this.#at] = [next.value, 0];
      if (next.value.length > 0) return true;
    }
    return false;
  }

  /** Moves what is not later than `limit`, ms since the epoch. */
  moveTo(out: LogEntry[], limit: number): void {
    for (let entry = this.#batch[this.#at]; entry && entry.stamp <= limit; entry = this.#batch[this.#at]) {
      out.push(entry);
      this.#at += 1;
    }
  }
}

async function openAll(sources: readonly AsyncIterator<readonly LogEntry[]>[]): Promise<Cursor[]> {
  const cursors = sources.map(source => new Cursor(source));
  const filled = await Promise.all(cursors.map(cursor => cursor.refill()));
  return cursors.filter((_, i) => filled[i]);
}

/** The first in time, and up to when no other has anything, ms since the epoch. */
function foremost(cursors: readonly Cursor[]): { cursor: Cursor | undefined; limit: number } {
  let cursor: Cursor | undefined;
  let limit = Number.POSITIVE_INFINITY;
  for (const other of cursors)
    if (!cursor || other.stamp < cursor.stamp) {
      limit = cursor?.stamp ?? limit;
      cursor = other;
    } else limit = Math.min(limit, other.stamp);
  return { cursor, limit };
}

/**
 * Merges logs by time, whatever order they are given in. Each is taken for ordered: an entry that is not comes when its
 * turn in its own log is there.
 */
export async function* merge(
  sources: readonly AsyncIterator<readonly LogEntry[]>[],
): AsyncGenerator<LogEntry[]> {
  let cursors = await openAll(sources);
  let out: LogEntry[] = [];
  while (cursors.length > 0) {
    const { cursor, limit } = foremost(cursors);
    cursor?.moveTo(out, limit);
    if (!cursor?.isSpent) continue;
    yield out;
    out = [];
    if (!(await cursor.refill())) cursors = cursors.filter(c => c !== cursor);
  }
}
