/** Numbers of workers, and how long to watch each in a round. */
export const SIZES: readonly (readonly [count: number, seconds: number])[] = [
  [10, 3],
  [50, 12],
  [200, 3],
];
