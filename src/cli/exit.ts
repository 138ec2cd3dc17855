import { Failure } from './failure.ts';

/** Exit status for commander's own errors: 0 for help, 2 for wrong usage. */
const usageCode = (error: { exitCode?: number }): number => (error.exitCode === 0 ? 0 : 2);

function exitCode(error: unknown): number {
  if (error instanceof Failure) {
    console.error(`cgipool: ${error.message}`);
    return error.code;
  }
  if ((error as { code?: string }).code?.startsWith('commander.'))
    return usageCode(error as { exitCode?: number });
  console.error(`cgipool: ${(error as Error).message}`);
  return 1;
}

/** Waits until the stream is flushed: a pipe buffers 64 KB, and an exit drops the rest. */
const written = (stream: NodeJS.WriteStream): Promise<void> =>
  new Promise(resolve => {
    // the reader may have closed the pipe
    stream.on('error', () => resolve()).write('', () => resolve());
  });

/** Exits when the command has ended: with 0, or with the message and the status of its error. */
export async function exitAfter(command: Promise<unknown>): Promise<void> {
  const code = await command.then(() => 0, exitCode);
  await Promise.all([process.stdout, process.stderr].map(written));
  process.exit(code);
}
