import type { LogEntry } from './entry.ts';

/** The position in one source. */
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

  /** Loads the next batch that is not empty; false: there is none. */
  async refill(): Promise<boolean> {
    for (let next = await this.source.next(); !next.done; next = await this.source.next()) {
      [this.#batch, this.#at] = [next.value, 0];
      if (next.value.length > 0) return true;
    }
    return false;
  }

  /** Moves the entries up to `limit`, ms since the epoch, to `out`. */
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

/** The cursor with the earliest entry, and the time up to which no other has one, ms since the epoch. */
function earliest(cursors: readonly Cursor[]): { cursor: Cursor | undefined; limit: number } {
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
 * Merges logs by time, in whatever order they are given. Assumes that each is sorted: an entry out of order keeps its
 * place within its own log.
 */
export async function* merge(
  sources: readonly AsyncIterator<readonly LogEntry[]>[],
): AsyncGenerator<LogEntry[]> {
  let cursors = await openAll(sources);
  let out: LogEntry[] = [];
  while (cursors.length > 0) {
    const { cursor, limit } = earliest(cursors);
    cursor?.moveTo(out, limit);
    if (!cursor?.isSpent) continue;
    yield out;
    out = [];
    if (!(await cursor.refill())) cursors = cursors.filter(c => c !== cursor);
  }
}
