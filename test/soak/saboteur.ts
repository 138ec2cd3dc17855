import { setTimeout } from 'node:timers/promises';
import type { Machine } from '../../tools/machine/machine.ts';
import type { Random } from '../sim/random.ts';
import type { Administrator } from './changes.ts';
import { endsController, faults, type Loss } from './faults.ts';

/** A fault that happened. Times are ms since the epoch. */
export interface Suffered {
  name: string;
  loss: Loss;
  from: number;
  /** When all pools served again. */
  to: number;
  /** How long that took after its end, ms; Infinity: it never came. */
  healed: number;
}

/** Longer than the longest back-off, ms. */
const PATIENCE_MS = 400_000;
/** Status is asked so often, ms. */
const POLL_MS = 100;

const isWell = async (m: Machine): Promise<boolean> => {
  const status = await m.status().catch(() => null);
  return status?.pools.every(({ state }) => state === 'ok' || state === 'asleep') ?? false;
};

/** Makes one fault after another happen. */
export class Saboteur {
  readonly suffered: Suffered[] = [];

  constructor(
    readonly machine: Machine,
    readonly random: Random,
    readonly administrator: Administrator,
  ) {}

  /** One fault, and what follows from it, until all is well again. `sparing`: none that ends the controller. */
  async strike(sparing: boolean): Promise<void> {
    const names = Object.keys(faults).filter(name => !(sparing && endsController(name)));
    const name = this.random.pick(names) ?? '';
    const from = Date.now();
    const loss = await this.#suffer(name);
    const healed = await this.#heal();
    this.suffered.push({ name, loss, from, to: Date.now(), healed });
    await this.administrator.complete();
  }

  /** Returns what may be lost by it. */
  async #suffer(name: string): Promise<Loss> {
    const fault = faults[name];
    if (!fault) return 'none';
    const { loss, end } = await fault.strike(this.machine, this.random);
    const during = fault.lasts > 0 && this.random.chance(0.5) ? this.administrator.meanwhile() : null;
    await setTimeout(fault.lasts * 1000);
    await end();
    await during;
    return loss;
  }

  async #heal(): Promise<number> {
    const began = performance.now();
    while (!(await isWell(this.machine))) {
      if (performance.now() - began > PATIENCE_MS) return Number.POSITIVE_INFINITY;
      await setTimeout(POLL_MS);
    }
    return performance.now() - began;
  }
}
