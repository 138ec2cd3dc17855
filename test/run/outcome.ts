/** What came of one test file or tool. */
export interface Outcome {
  name: string;
  passed: number;
  failed: number;
  seconds: number;
  /** All that it printed. */
  output: string;
}

/** A line for what passed, everything for what did not. */
export function report({ name, passed, failed, seconds, output }: Outcome, isVerbose: boolean): void {
  const counts = `${passed} passed${failed > 0 ? `, ${failed} FAILED` : ''}`;
  if (failed > 0 || isVerbose) console.log(`${output.trimEnd()}\n`);
  console.log(`${name}: ${counts} (${seconds.toFixed(1)} s)`);
}
