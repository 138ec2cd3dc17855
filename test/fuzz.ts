/** So many made-up cases, or more: CGIPOOL_FUZZ=50 runs fifty times as many. */
export const runs = (number: number): { numRuns: number } => ({
  numRuns: Math.ceil(number * Number(process.env.CGIPOOL_FUZZ ?? 1)),
});

/** So many made-up cases at the least, however few the quick part takes; CGIPOOL_FUZZ=50 runs more. */
export const atLeast = (number: number): { numRuns: number } => ({
  numRuns: Math.ceil(number * Math.max(1, Number(process.env.CGIPOOL_FUZZ ?? 1) / 2)),
});
