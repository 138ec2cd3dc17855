import { runChild } from './child.ts';
import type { Outcome } from './outcome.ts';

const count = (output: string, label: string): number =>
  Number(new RegExp(`^  ${label}:\\s+(\\d+)$`, 'm').exec(output)?.[1] ?? 0);

/**
 * Runs uvu files in a process of their own, so that none disturbs the others, none hangs the run, and files that skip, or
 * fail before their first test, are failures: uvu itself would exit 0.
 */
export async function runFiles(name: string, files: readonly string[], limit: number): Promise<Outcome> {
  const node = ['--import', 'tsx', 'test/run/group.ts', ...files];
  const { output, code, seconds } = await runChild(process.execPath, node, limit);
  const passed = count(output, 'Passed');
  const missed = Math.max(0, count(output, 'Total') - passed);
  const broken = passed === 0 || code !== 0 ? 1 : 0;
  return { name, passed, failed: Math.max(missed, broken), seconds, output };
}
