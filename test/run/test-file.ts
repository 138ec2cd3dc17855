import { runChild } from './child.ts';
import type { Outcome } from './outcome.ts';

const count = (output: string, label: string): number =>
  Number(new RegExp(`^  ${label}:\\s+(\\d+)$`, 'm').exec(output)?.[1] ?? 0);

/**
 * Runs one uvu file as a process of its own, so that none disturbs another, none hangs the run, and a file that never
 * calls run(), skips, or fails before its first test is a failure: uvu itself would exit 0.
 */
export async function runFile(name: string, limit: number): Promise<Outcome> {
  const { output, code, seconds } = await runChild(process.execPath, ['--import', 'tsx', name], limit);
  const passed = count(output, 'Passed');
  const missed = Math.max(0, count(output, 'Total') - passed);
  const broken = passed === 0 || code !== 0 ? 1 : 0;
  return { name, passed, failed: Math.max(missed, broken), seconds, output };
}
