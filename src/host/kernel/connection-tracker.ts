import type { Sockets } from './sockets.ts';

/** What came of an endpoint's connections since the look before. */
export interface ConnectionProgress {
  /** How many its worker ended; null on the first look. */
  ended: number | null;
  /** For how long it has held the oldest that it has now, ms, as far as the looks tell; null when it holds none. */
  oldest: number | null;
}

/** Follows which connections workers hold and end: one that ends some works, however long others wait for it. */
export class ConnectionTracker {
  /** Endpoint to connection to when it was first seen, ms since the epoch; null before the first look. */
  #since: Map<string, Map<string, number>> | null = null;

  /** Takes one more look. The answer tells of each endpoint. */
  track({ held }: Pick<Sockets, 'held'>, now: number): (endpoint: string) => ConnectionProgress {
    const before = this.#since;
    const since = new Map(
      [...held].map(([endpoint, ids]) => [endpoint, stamp(ids, before?.get(endpoint), now)]),
    );
    this.#since = since;
    return endpoint => {
      const ids = since.get(endpoint);
      const gone = [...(before?.get(endpoint)?.keys() ?? [])].filter(id => !ids?.has(id)).length;
      return { ended: before ? gone : null, oldest: ids ? now - Math.min(...ids.values()) : null };
    };
  }
}

const stamp = (ids: ReadonlySet<string>, before: Map<string, number> | undefined, now: number) =>
  new Map([...ids].map(id => [id, before?.get(id) ?? now]));
