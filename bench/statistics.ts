/** Of several rounds; null stands for "not in time", which is later than any value. */
export interface Summary {
  median: number | null;
  min: number | null;
  max: number | null;
  rounds: number;
}

const late = (value: number | null): number => value ?? Infinity;
const known = (value: number): number | null => (value === Infinity ? null : value);

/** The one in the middle; of an even count, the mean of both. */
function middle(sorted: readonly number[]): number {
  const [low, high] = [Math.floor((sorted.length - 1) / 2), Math.ceil((sorted.length - 1) / 2)];
  return ((sorted[low] ?? Infinity) + (sorted[high] ?? Infinity)) / 2;
}

/** Median and range of the rounds' values. */
export function summarize(values: readonly (number | null)[]): Summary {
  const sorted = values.map(late).sort((a, b) => a - b);
  const [first = Infinity] = sorted;
  return {
    median: known(middle(sorted)),
    min: known(first),
    max: known(sorted.at(-1) ?? Infinity),
    rounds: values.length,
  };
}

/** How many times the other; null where either is not known, or the other is 0. */
export function ratio(value: number | null, to: number | null): number | null {
  return value === null || to === null || to === 0 ? null : value / to;
}
