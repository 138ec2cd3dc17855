/** So many made-up cases, or more: CGIPOOL_FUZZ=50 runs fifty times as many. */
export const runs = (number: number): { numRuns: number } => ({
  numRuns: Math.ceil(number * Number(process.env.CGIPOOL_FUZZ ?? 1)),
});
