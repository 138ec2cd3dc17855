/** The loop handles whatever has arrived between two of them. */
const SLICES = 8;

/**
 * A time-out by the event loop's own time. A loop that is late, because it or the machine is busy, finds at once that a time is over and
 * that the answer has long been there: of such a delay no more than a slice counts.
 */
export class Patience {
  #left = SLICES;
  readonly #timer: NodeJS.Timeout;

  /** `ms`: how long it lasts while the loop is on time. */
  constructor(
    ms: number,
    readonly onEnd: () => void,
  ) {
    this.#timer = setInterval(() => this.#tick(), Math.ceil(ms / SLICES));
  }

  /** Ends it early. */
  end(): void {
    clearInterval(this.#timer);
  }

  #tick(): void {
    this.#left -= 1;
    if (this.#left > 0) return;
    this.end();
    this.onEnd();
  }
}
