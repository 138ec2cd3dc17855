import type { Bus } from './bus.ts';
import { MANAGER, startUnit } from './systemd.ts';

/** Starts units and waits for the results. */
export class Jobs {
  #waiting = new Map<string, (result: string) => void>();
  /** Results that arrived before the reply to their start, which happens; kept while any start is under way. */
  #early = new Map<string, string>();
  #starting = 0;
  #watched: Promise<void> | null = null;

  constructor(readonly bus: Bus) {}

  /** Subscribes to job results, once. */
  #watch(): Promise<void> {
    this.#watched ??= this.#subscribe().catch((error: unknown) => {
      // the next run() tries again
      this.#watched = null;
      throw error;
    });
    return this.#watched;
  }

  async #subscribe(): Promise<void> {
    await this.bus.onSignal(`${MANAGER},member='JobRemoved'`, signal => {
      if (signal.member !== 'JobRemoved') return;
      const [, path, , result] = signal.body as [number, string, string, string];
      this.#ended(path, result);
    });
  }

  /** Starts a unit and returns the result of its job, `done`, `failed` or `canceled`; `timeout` after `timeout` ms. */
  async run(unit: string, timeout: number): Promise<string> {
    await this.#watch();
    this.#starting++;
    const job = await startUnit(this.bus, unit).finally(() => this.#starting--);
    const early = this.#early.get(job);
    this.#early.delete(job);
    if (this.#starting === 0) this.#early.clear();
    return early ?? this.#wait(job, timeout);
  }

  #ended(path: string, result: string): void {
    const waiting = this.#waiting.get(path);
    this.#waiting.delete(path);
    if (waiting) waiting(result);
    else if (this.#starting > 0) this.#early.set(path, result);
  }

  #wait(job: string, timeout: number): Promise<string> {
    return new Promise(resolve => {
      const timer = setTimeout(() => this.#ended(job, 'timeout'), timeout);
      this.#waiting.set(job, result => {
        clearTimeout(timer);
        resolve(result);
      });
    });
  }
}
