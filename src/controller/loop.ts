import { type Clock, machineClock } from '../host/clock.ts';
import type { Plan } from '../plan/plan.ts';

/** One pass; returns when the next one is due at the latest, ms of the monotonic clock. */
export type Reconcile = () => Promise<Pick<Plan, 'wakeAt'>>;

/** Passes by the clock are this many times the CPU time of the last one apart: they use at most a tenth of a core. */
const REST_FACTOR = 9;

/**
 * After each pass the loop rests for twice the CPU time that the pass took, at most this long, ms: wake-ups come in storms, when two
 * hundred instances start for example, and probes and D-Bus requests need the time too. Not for as long as it lasted: on a busy
 * machine a pass mostly waits, and those that wait for the next one would wait, too.
 */
const MAX_REST_MS = 300;

/**
 * Runs passes: at once when woken, and at the latest when the last pass said. All wake-ups during a pass make one more
 * pass.
 */
export class Loop {
  #woken = false;
  #resume: (() => void) | null = null;

  constructor(readonly clock: Clock = machineClock) {}

  /** Requests a pass. Cheap, and safe in any handler. */
  wake(): void {
    this.#woken = true;
    this.#resume?.();
  }

  /** Runs until a pass throws. */
  async run(reconcile: Reconcile): Promise<never> {
    for (;;) {
      this.#woken = false;
      const before = this.clock.used();
      const { wakeAt } = await reconcile();
      const took = this.clock.used() - before;
      await new Promise<void>(resolve => this.clock.after(Math.min(2 * took, MAX_REST_MS), resolve));
      if (!this.#woken) await this.#sleep(Math.max(wakeAt - this.clock.now(), took * (REST_FACTOR - 1)));
    }
  }

  #sleep(ms: number): Promise<void> {
    return new Promise(resolve => {
      const cancel = this.clock.after(Math.max(0, ms), resolve);
      this.#resume = () => {
        cancel();
        resolve();
      };
    });
  }
}
