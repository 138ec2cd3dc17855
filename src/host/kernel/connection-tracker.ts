import { type Connection, isWaiting } from './sockets.ts';

/** What happened to an endpoint's connections since the previous reading. */
export interface ConnectionFlow {
  /** How many its worker ended; null on the first reading. */
  ended: number | null;
  /** How long it has held its oldest open connection, ms, as far as readings show; null when it holds none. */
  oldest: number | null;
}

/** Whether the connections of a client, by its uid, count; null: the user is unknown. */
export type Counts = (client: number | null) => boolean;

/** A client of a socket file is unknown, but only nginx and the controller may dial it. */
const isFile = (endpoint: string): boolean => endpoint.startsWith('/');
const everybody: Counts = () => true;

/** Tracks which connections workers hold and end: a worker that ends some is working, however long others wait. */
export class ConnectionTracker {
  /** By endpoint and connection: when it was first seen, ms since the epoch; null before the first reading. */
  #since: Map<string, Map<string, number>> | null = null;

  /**
   * Adds a reading; returns the flow of an endpoint since the previous one. A connection that counted before still counts
   * after its client has closed it, when the user is no longer known.
   */
  track(
    connections: ReadonlyMap<string, readonly Connection[]>,
    counts: Counts,
    now: number,
  ): (endpoint: string) => ConnectionFlow {
    const before = this.#since;
    const since = new Map<string, Map<string, number>>();
    for (const [endpoint, list] of connections) {
      const held = heldOf(list, before?.get(endpoint), isFile(endpoint) ? everybody : counts, now);
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
