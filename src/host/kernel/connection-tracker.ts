import type { Sockets } from './sockets.ts';

/** What happened to an endpoint's connections since the previous reading. */
export interface ConnectionProgress {
  /** How many its worker ended; null on the first reading. */
  ended: number | null;
  /** How long it has held its oldest open connection, ms, as far as readings show; null when it holds none. */
  oldest: number | null;
}

/** Tracks which connections workers hold and end: a worker that ends some is working, however long others wait. */
export class ConnectionTracker {
  /** By endpoint and connection: when it was first seen, ms since the epoch; null before the first reading. */
  #since: Map<string, Map<string, number>> | null = null;

  /** Adds a reading; returns the progress of an endpoint since the previous one. */
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
