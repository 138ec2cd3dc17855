import { execa } from 'execa';

/** Runs a bash command and returns its output. Throws an error with all its output when it fails. */
export async function sh(command: string): Promise<string> {
  const { exitCode, stdout, stderr } = await execa('bash', ['-c', command], {
    reject: false,
    stdin: 'ignore',
  });
  if (exitCode !== 0)
    throw new Error(`${command.slice(0, 300)}: exit ${exitCode}\n${stdout}\n${stderr}`.slice(0, 3000));
  return stdout;
}

/** The same, but returns '' on failure: for what may be gone already. */
export const trySh = (command: string): Promise<string> => sh(command).catch(() => '');

export const pause = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));

const POLL_INTERVAL_MS = 2;

/** Waits for a condition; returns after how many ms it held, or null when it did not in time. */
export async function until(
  holds: () => Promise<boolean> | boolean,
  limit: number,
  interval = POLL_INTERVAL_MS,
): Promise<number | null> {
  const began = performance.now();
  for (;;) {
    if (await holds()) return performance.now() - began;
    if (performance.now() - began > limit) return null;
    await pause(interval);
  }
}

/** Numbers in a text, such as process ids. */
export const numbers = (text: string): number[] => (text.match(/\d+/g) ?? []).map(Number);
