import { pause } from '../host/wait.ts';
import type { Plan } from '../plan/plan.ts';

/** What one turn of the loop does; returns when to look again at the latest, ms since the epoch. */
export type Reconcile = () => Promise<Pick<Plan, 'wakeAt'>>;

/** A turn by the clock comes no sooner than after so many times what the last one took: at most a tenth of a core. */
const REST_FACTOR = 9;

/**
 * After a turn there is rest for as long as it took, ms at most: what wakes comes in storms, as when two hundred start, and
 * probes and whoever asks want the time as well.
 */
const MAX_BREATH_MS = 200;

/**
 * Turns over and over: at the latest at the time that the turn before named, at once when woken. Wakes during a turn
 * make one more turn, however many they are.
 */
export class Loop {
  #woken = false;
  #resume: (() => void) | null = null;

  /** Ask for a turn. Cheap and safe from any handler. */
  wake(): void {
    this.#woken = true;
    this.#resume?.();
  }

  /** Runs until a turn throws. */
  async run(reconcile: Reconcile): Promise<never> {
    for (;;) {
      this.#woken = false;
      const began = performance.now();
      const { wakeAt } = await reconcile();
      const took = performance.now() - began;
      await pause(Math.min(took, MAX_BREATH_MS));
      if (!this.#woken) await this.#sleep(Math.max(wakeAt - Date.now(), took * (REST_FACTOR - 1)));
    }
  }

  #sleep(ms: number): Promise<void> {
    return new Promise(resolve => {
      const timer = setTimeout(resolve, Math.max(0, ms));
      this.#resume = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
