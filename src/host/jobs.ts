import type { Bus } from './bus.ts';
import { MANAGER, startUnit } from './systemd.ts';

/** A job that is not over by then, ms, is given up; each has a limit of its own in its unit. */
const PATIENCE = 30_000;

/** Starts units and awaits what comes of it. */
export class Jobs {
  #waiting = new Map<string, (result: string) => void>();
  /** Results that came before the reply to their start, which happens; kept while any start is under way. */
  #early = new Map<string, string>();
  #starting = 0;

  constructor(readonly bus: Bus) {}

  async watch(): Promise<void> {
    await this.bus.onSignal(`${MANAGER},member='JobRemoved'`, signal => {
      if (signal.member !== 'JobRemoved') return;
      const [, path, , result] = signal.body as [number, string, string, string];
      this.#ended(path, result);
    });
  }

  /** Starts a unit; systemd's word for how the job ended: `done`, `failed`, `timeout`, `canceled`. */
  async run(unit: string): Promise<string> {
    this.#starting++;
    const job = await startUnit(this.bus, unit).finally(() => this.#starting--);
    const early = this.#early.get(job);
    if (this.#starting === 0) this.#early.clear();
    return early ?? this.#wait(job);
  }

  #ended(path: string, result: string): void {
    const waiting = this.#waiting.get(path);
    this.#waiting.delete(path);
    if (waiting) waiting(result);
    else if (this.#starting > 0) this.#early.set(path, result);
  }

  #wait(job: string): Promise<string> {
    return new Promise(resolve => {
      const timer = setTimeout(() => this.#ended(job, 'timeout'), PATIENCE);
      this.#waiting.set(job, result => {
        clearTimeout(timer);
        resolve(result);
      });
    });
  }
}
