import type { WakeSocket } from '../../model/observed.ts';

/** Follows which pools have requests that wait at their wake sockets. */
export class Wakes {
  #waiting: ReadonlySet<string> = new Set();

  /** The pools whose waiting requests were answered since the last pass. */
  answered(wakeSockets: readonly WakeSocket[]): ReadonlySet<string> {
    const before = this.#waiting;
    this.#waiting = new Set(wakeSockets.filter(({ hasRequest }) => hasRequest).map(({ pool }) => pool));
    return new Set([...before].filter(pool => !this.#waiting.has(pool)));
  }
}
