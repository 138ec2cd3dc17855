/** Reloads at once, the time until one more, and over how long they are counted, ms. */
const BURST = 3;
const SPACING_MS = 1_000;
const WINDOW_MS = 20_000;
/** Holds the requests to publish to a bounded rate, and to one at a time. */
export class Publishes {
  #at: number[] = [];
  #generation = 0;
  /** By pool and slot: since when no request has it. */
  #left = new Map<string, number>();
  #known = new Set<string>();

  /** The generation restarts with a reboot. */
  forget(): void {
    this.#generation = 0;
  }

  /** When the first request after the last with this slot was made; null: the last one has it. */
  leftAt(pool: string, slot: number): number | null {
    return this.#left.get(`${pool}@${slot}`) ?? null;
  }

  count(
    request: { generation: number; live: Record<string, number[]> },
    isRunning: boolean,
    now: number,
  ): void {
    if (isRunning) throw new Error('publishes while a publish is under way');
    if (request.generation <= this.#generation) throw new Error(`publishes generation ${request.generation}`);
    this.#generation = request.generation;
    this.#at = [...this.#at.filter(at => at > now - WINDOW_MS), now];
    if (this.#at.length > BURST + WINDOW_MS / SPACING_MS)
      throw new Error(`publishes ${this.#at.length} times in ${WINDOW_MS / 1000} s`);
    this.#note(request.live, now);
  }

  #note(live: Record<string, number[]>, now: number): void {
    const has = new Set(
      Object.entries(live).flatMap(([pool, slots]) => slots.map(slot => `${pool}@${slot}`)),
    );
    for (const key of this.#left.keys()) if (has.has(key)) this.#left.delete(key);
    for (const key of this.#known) if (!has.has(key) && !this.#left.has(key)) this.#left.set(key, now);
    this.#known = has;
  }
}
