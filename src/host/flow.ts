import type { Sockets } from './sockets.ts';

type Held = Sockets['held'];

const none: ReadonlySet<string> = new Set();

/** Follows which connections workers end: one that ends connections works, however long others wait for it. */
export class Flow {
  #before: Held | null = null;

  /** How many connections of each endpoint its worker ended since the last call; null on the first. */
  ended({ held }: Pick<Sockets, 'held'>): ((endpoint: string) => number) | null {
    const before = this.#before;
    this.#before = held;
    if (!before) return null;
    return endpoint => {
      const now = held.get(endpoint) ?? none;
      return [...(before.get(endpoint) ?? none)].filter(id => !now.has(id)).length;
    };
  }
}
