import { type Results, ROWS, type RowName } from './results.ts';
import { summarize } from './statistics.ts';

/** A limit that cgipool promises to keep. */
export interface Bar {
  text: string;
  /** The measured value; Infinity: it never happened in time; null: not measured. */
  measured: number | null;
  /** The highest value that meets the bar. */
  limit: number | null;
  unit: string;
}

/** Access to the figures of one row. */
export interface Reader {
  /** Infinity when it never happened, null when it was not measured. */
  median(subject: string, name: string): number | null;
  least(subject: string, name: string): number | null;
  /** The sum of all rounds. */
  total(subject: string, name: string): number | null;
}

const sum = (values: readonly (number | null)[]): number =>
  values.reduce((all: number, value) => all + (value ?? Infinity), 0);

export function readerOf({ figures }: Results, row: RowName): Reader {
  const find = (subject: string, name: string): (number | null)[] | null =>
    figures.find(f => f.row === row && f.subject === subject && f.name === name)?.values ?? null;
  const of = (make: (values: (number | null)[]) => number | null) => (subject: string, name: string) => {
    const values = find(subject, name);
    return values === null ? null : (make(values) ?? Infinity);
  };
  return {
    median: of(values => summarize(values).median),
    least: of(values => summarize(values).min),
    total: of(sum),
  };
}

export type Readers = Record<RowName, Reader>;

/** A reader for each row. */
export const readersOf = (results: Results): Readers =>
  Object.fromEntries(ROWS.map(name => [name, readerOf(results, name)])) as Readers;

/** Applies a function to a known value. */
export const map = (value: number | null, change: (value: number) => number): number | null =>
  value === null ? null : change(value);

/** Applies a function to two values if both are known. */
export const join = (
  a: number | null,
  b: number | null,
  change: (a: number, b: number) => number,
): number | null => (a === null || b === null ? null : change(a, b));

/** Compares a bar with its limit. */
export function verdict({ measured, limit }: Bar): 'met' | 'missed' | 'not measured' {
  if (measured === null || limit === null || limit === Infinity) return 'not measured';
  return measured <= limit ? 'met' : 'missed';
}
