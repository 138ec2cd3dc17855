/** Workers, and for how long a round looks: five rounds of 12 s are a minute. */
export const SIZES: readonly (readonly [count: number, seconds: number])[] = [
  [10, 3],
  [50, 12],
  [200, 3],
];
