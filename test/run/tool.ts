import { runChild } from './child.ts';
import type { Outcome } from './outcome.ts';

/** A tool that finds mistakes counts as one test: it passes when it exits 0. */
export const runTool =
  (name: string, command: string, ...args: string[]) =>
  async (): Promise<Outcome> => {
    const { output, code, seconds } = await runChild(command, args, 120);
    const failed = code === 0 ? 0 : 1;
    return { name, passed: 1 - failed, failed, seconds, output };
  };
