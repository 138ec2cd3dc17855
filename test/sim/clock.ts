import type { Clock } from '../../src/host/clock.ts';
import type { FakeWorld } from '../plan/fake-world.ts';

interface Timer {
  at: number;
  call: () => void;
}

/** The clock of a fake world, for the parts of the controller that wait. */
export class VirtualClock implements Clock {
  #timers = new Set<Timer>();

  constructor(readonly fake: FakeWorld) {}

  readonly now = (): number => this.fake.now;

  readonly used = this.now;

  readonly after = (ms: number, call: () => void): (() => void) => {
    const timer = { at: Math.ceil(this.fake.now + Math.max(0, ms)), call };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  };

  pause(ms: number): Promise<void> {
    return new Promise(resolve => this.after(ms, resolve));
  }

  /** When the next timer is due, ms. */
  nextAt(): number {
    let least = Number.POSITIVE_INFINITY;
    for (const { at } of this.#timers) if (at < least) least = at;
    return least;
  }

  /** Calls back all that are due, and lets what waited for them run. */
  async fire(): Promise<void> {
    const due = [...this.#timers].filter(({ at }) => at <= this.fake.now);
    for (const timer of due) if (this.#timers.delete(timer)) timer.call();
    await new Promise(setImmediate);
  }
}
