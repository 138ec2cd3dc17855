import type { Figure, Gap, RowName } from './results.ts';

/** Collects the measurements. */
export class Notes {
  readonly #figures = new Map<string, Figure>();
  readonly gaps: Gap[] = [];

  get figures(): Figure[] {
    return [...this.#figures.values()];
  }

  /** Adds the value of a round; null: it did not happen in time. */
  add(row: RowName, subject: string, name: string, unit: string, value: number | null): void {
    const key = JSON.stringify([row, subject, name]);
    const figure = this.#figures.get(key) ?? { row, name, unit, subject, values: [] };
    figure.values.push(value);
    this.#figures.set(key, figure);
  }

  /** Adds the reason why something was not measured, once. */
  gap(row: RowName, subject: string, why: string): void {
    if (!this.gaps.some(gap => gap.row === row && gap.subject === subject && gap.why === why))
      this.gaps.push({ row, subject, why });
  }
}
