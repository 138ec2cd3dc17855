import { nothingPublished, type Published } from '../../src/model/routing.ts';
import type { Action } from '../../src/plan/action.ts';

type Publish = Extract<Action, { kind: 'publish' }>;

/** The result of a publish: it arrives, it fails, or the step dies without a report. */
export type Fate = 'arrives' | 'fails' | 'dies';

/** The publish step and nginx behind it. */
export class FakeNginx {
  published: Published | null = { ...nothingPublished, generation: 1, at: 0 };
  fate: () => Fate = () => 'arrives';
  /** When the running step ends, ms. */
  nextAt = Number.POSITIVE_INFINITY;
  #asked: Publish | null = null;

  get isPublishing(): boolean {
    return this.#asked !== null;
  }

  /** Whether nginx may send to a slot: of the old set, and while a step runs of the new one. */
  maySendTo(pool: string, slot: number): boolean {
    const sets = [this.published?.live, this.#asked?.live];
    return sets.some(live => live?.[pool]?.includes(slot));
  }

  /** The request may be replaced while a step runs, which then has read either. */
  publish(action: Publish, endsAt: number): void {
    this.#asked = action;
    this.nextAt = endsAt;
  }

  settle(now: number): boolean {
    const asked = this.#asked;
    if (!asked || this.nextAt > now) return false;
    const fate = this.fate();
    const old = this.published ?? { ...nothingPublished, at: 0 };
    if (fate === 'arrives')
      this.published = {
        ...nothingPublished,
        generation: asked.generation,
        live: asked.live,
        weights: asked.weights,
        at: now,
      };
    if (fate === 'fails') this.published = { ...old, error: 'nginx -t failed', at: now };
    this.#asked = null;
    this.nextAt = Number.POSITIVE_INFINITY;
    return true;
  }
}
