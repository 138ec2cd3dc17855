import type { Figure, Gap, RowName } from './results.ts';

/** What is written down while it is measured. */
export class Notes {
  readonly #figures = new Map<string, Figure>();
  readonly gaps: Gap[] = [];

  get figures(): Figure[] {
    return [...this.#figures.values()];
  }

  /** The value of one more round; null: it did not happen in time. */
  add(row: RowName, subject: string, name: string, unit: string, value: number | null): void {
    const key = JSON.stringify([row, subject, name]);
    const figure = this.#figures.get(key) ?? { row, name, unit, subject, values: [] };
    figure.values.push(value);
    this.#figures.set(key, figure);
  }

  /** A part that was not measured; told once. */
  gap(row: RowName, subject: string, why: string): void {
    if (!this.gaps.some(gap => gap.row === row && gap.subject === subject && gap.why === why))
      this.gaps.push({ row, subject, why });
  }
}
