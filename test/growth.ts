const once = (run: (size: number) => void, size: number): number => {
  const began = performance.now();
  run(size);
  return performance.now() - began;
};

/** The least of three: what else the machine does only adds. */
const least = (run: (size: number) => void, size: number): number =>
  Math.min(...[1, 2, 3].map(() => once(run, size)));

/**
 * How many times as long four times as much takes: about 4 where the time is in proportion, 16 where it is in proportion to
 * the square. Both are measured side by side, so that a slow machine does not matter; a millisecond counts as none.
 */
export const growth = (run: (size: number) => void, size: number): number =>
  (least(run, 4 * size) + 1) / (least(run, size) + 1);

/** Between the two, with room for noise. */
export const LINEAR = 10;
