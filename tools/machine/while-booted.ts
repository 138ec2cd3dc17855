import type { Machine } from './machine.ts';

/** Exit status after each signal, as in shells. */
const EXIT_STATUS = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/**
 * Boots a machine, runs `work` and removes the machine: at the end, after an error, and on Ctrl-C, which ends this program.
 * `stopped` is aborted before the machine goes.
 */
export async function whileBooted<T>(
  machine: Machine,
  work: (stopped: AbortSignal) => Promise<T>,
): Promise<T> {
  const stopping = new AbortController();
  let down: Promise<void> | undefined;
  const takeDown = (): Promise<void> => {
    down ??= machine.kill();
    return down;
  };
  const end = (status: number): void => {
    stopping.abort();
    void takeDown().finally(() => process.exit(status));
  };
  for (const [signal, status] of Object.entries(EXIT_STATUS)) process.on(signal, () => end(status));
  try {
    console.log('booting a private machine');
    await machine.boot();
    return await work(stopping.signal);
  } finally {
    await takeDown();
  }
}
