/** CPU time in ms: others on the machine do not count. */
function once(run: (size: number) => void, size: number): number {
  const began = process.cpuUsage();
  run(size);
  return process.cpuUsage(began).user / 1000;
}

/** The least of three: collecting garbage and the like only adds. */
const least = (run: (size: number) => void, size: number): number =>
  Math.min(...[1, 2, 3].map(() => once(run, size)));

/**
 * How many times as long four times as much takes: about 4 where the time is in proportion, 16 where it is in proportion to
 * the square. Both are measured side by side, so that a slow machine does not matter; two milliseconds count as none.
 */
export const growth = (run: (size: number) => void, size: number): number =>
  (least(run, 4 * size) + 2) / (least(run, size) + 2);

/** Between the two, with room for noise. */
export const LINEAR = 10;
