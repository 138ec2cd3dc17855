import { Random as Source } from '../../src/simulate/random.ts';

/** Seeded pseudo-random numbers: the same seed gives the same run. */
export class Random extends Source {
  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** A whole number, both ends included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  pick<T>(list: readonly T[]): T | undefined {
    return list[Math.floor(this.next() * list.length)];
  }
}
