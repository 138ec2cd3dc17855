import { type Clock, machineClock } from '../clock.ts';

/**
 * Lets so many in at a time, in the order in which they come. A place is free again after `hold` ms at the latest, as somebody who only
 * waits is in nobody's way.
 */
export class Turnstile {
  #waiting: (() => void)[] = [];

  constructor(
    private places: number,
    readonly hold: number,
    readonly clock: Clock = machineClock,
  ) {}

  /** Runs the work once there is a place for it. */
  async pass<T>(work: () => Promise<T>): Promise<T> {
    if (this.places === 0) await new Promise<void>(enter => this.#waiting.push(enter));
    else this.places -= 1;
    const place = new Place(this.clock, this.hold, () => this.#leave());
    return work().finally(() => place.giveBack());
  }

  /** Whoever has waited longest takes the place over. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.places += 1;
  }
}

/** Is given back once. */
class Place {
  #cancel: (() => void) | null;

  constructor(
    clock: Clock,
    hold: number,
    readonly leave: () => void,
  ) {
    this.#cancel = clock.after(hold, () => this.giveBack());
  }

  giveBack(): void {
    this.#cancel?.();
    if (this.#cancel) this.leave();
    this.#cancel = null;
  }
}
