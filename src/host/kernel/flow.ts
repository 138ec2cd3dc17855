import { type Connection, isWaiting } from './sockets.ts';

/** What came of an endpoint's connections since the pass before. */
export interface ConnectionFlow {
  /** How many its worker ended; null on the first pass. */
  ended: number | null;
  /** For how long it has held the oldest that it has now, ms, as far as the passes tell; null when it holds none. */
  oldest: number | null;
}

/** Whether a client is one whose connections count; null: it is not known who the client is. */
export type Counts = (client: number | null) => boolean;

/** Follows which connections workers hold and end: one that ends some works, however long others wait for it. */
export class Flow {
  /** Endpoint to connection to when it was first seen, ms since the epoch; null before the first pass. */
  #since: Map<string, Map<string, number>> | null = null;

  /**
   * Takes one more pass; the answer tells of each endpoint. A connection that counted once goes on to count when its client
   * has closed it, and is no longer known.
   */
  move(
    connections: ReadonlyMap<string, readonly Connection[]>,
    counts: Counts,
    now: number,
  ): (endpoint: string) => ConnectionFlow {
    const before = this.#since;
    const since = new Map<string, Map<string, number>>();
    for (const [endpoint, list] of connections) {
      const held = heldOf(list, before?.get(endpoint), counts, now);
      if (held.size > 0) since.set(endpoint, held);
    }
    this.#since = since;
    return endpoint => {
      const held = since.get(endpoint);
      const gone = [...(before?.get(endpoint)?.keys() ?? [])].filter(id => !held?.has(id)).length;
      return { ended: before ? gone : null, oldest: held ? now - Math.min(...held.values()) : null };
    };
  }
}

function heldOf(
  list: readonly Connection[],
  before: ReadonlyMap<string, number> | undefined,
  counts: Counts,
  now: number,
): Map<string, number> {
  const held = list.filter(each => !isWaiting(each) && (before?.has(each.inode) || counts(each.client)));
  return new Map(held.map(({ inode }) => [inode, before?.get(inode) ?? now]));
}
