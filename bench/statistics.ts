/** A summary of several rounds; null stands for "not in time", which sorts after any value. */
export interface Summary {
  median: number | null;
  min: number | null;
  max: number | null;
  rounds: number;
}

const late = (value: number | null): number => value ?? Infinity;
const known = (value: number): number | null => (value === Infinity ? null : value);

/** The middle value; with an even count the mean of the two. */
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

/** The quotient of two values; null when either is unknown or the divisor is 0. */
export function ratio(value: number | null, to: number | null): number | null {
  return value === null || to === null || to === 0 ? null : value / to;
}

/** The slope of the least-squares line through the points; null for fewer than two. */
export function slope(points: readonly (readonly [x: number, y: number])[]): number | null {
  if (points.length < 2) return null;
  const mean = (i: 0 | 1): number => points.reduce((sum, point) => sum + point[i], 0) / points.length;
  const [x0, y0] = [mean(0), mean(1)];
  const total = (of: (dx: number, dy: number) => number): number =>
    points.reduce((sum, [x, y]) => sum + of(x - x0, y - y0), 0);
  return total((dx, dy) => dx * dy) / total(dx => dx * dx);
}
