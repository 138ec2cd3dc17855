import type { Machine } from './machine.ts';

/** Exit statuses of a program that was ended by a signal, as shells number them. */
const ENDED = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/** Boots a machine, does something with it and takes it down: at the end, after an error, and on Ctrl-C, which ends all. */
export async function whileBooted<T>(machine: Machine, work: () => Promise<T>): Promise<T> {
  let down: Promise<void> | undefined;
  const takeDown = (): Promise<void> => {
    down ??= machine.kill();
    return down;
  };
  for (const [signal, status] of Object.entries(ENDED))
    process.on(signal, () => void takeDown().finally(() => process.exit(status)));
  try {
    await machine.boot();
    return await work();
  } finally {
    await takeDown();
  }
}
