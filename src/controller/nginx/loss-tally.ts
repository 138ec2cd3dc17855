import type { Loss } from '../../host/nginx/loss.ts';

/** How long a loss is told of, ms. */
const TOLD_MS = 60_000;

/** Which lines of nginx's log were lost lately, for people. */
export class LossTally {
  #losses: (Loss & { at: number })[] = [];

  /** `now`: ms of the monotonic clock. */
  add(loss: Loss, now = performance.now()): void {
    if (loss.lost > 0 || this.#losses.length > 0) this.#losses.push({ ...loss, at: now });
    this.#losses = this.#losses.filter(({ at }) => now - at < TOLD_MS);
    if (this.#losses.every(({ lost }) => lost === 0)) this.#losses = [];
  }

  get problems(): string[] {
    const sum = (key: keyof Loss): number => this.#losses.reduce((total, loss) => total + loss[key], 0);
    const [lost, received] = [sum('lost'), sum('received')];
    return lost > 0
      ? [
          `${lost} of ${lost + received} lines of nginx's log were lost within a minute, as the controller got too little CPU time: ` +
            'counts of requests are estimates',
        ]
      : [];
  }
}
