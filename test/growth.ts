/** CPU time in ms: others on the machine do not count. */
function once(run: (size: number) => void, size: number): number {
  const began = process.cpuUsage();
  run(size);
  return process.cpuUsage(began).user / 1000;
}

/** In turns, so that whatever else goes on hits both. */
const ROUNDS = 5;

/**
 * How many times as long four times as much takes: about 4 where the time is in proportion, 16 where it is in proportion to
 * the square. Both are measured side by side, so that a slow machine does not matter, and the least of some rounds counts,
 * since collecting garbage and the like only adds; two milliseconds count as none.
 */
export function growth(run: (size: number) => void, size: number): number {
  const rounds = Array.from({ length: ROUNDS }, () => [once(run, 4 * size), once(run, size)] as const);
  const [large, small] = [0, 1].map(which => Math.min(...rounds.map(round => round[which] ?? Infinity)));
  return ((large ?? 0) + 2) / ((small ?? 0) + 2);
}

/** Between the two, with room for noise. */
export const LINEAR = 10;
