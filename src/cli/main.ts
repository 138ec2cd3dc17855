import { Failure } from './failure.ts';
import { cgipool } from './program.ts';

/** commander's own exits: 0 for help, 2 for wrong usage. */
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

cgipool()
  .parseAsync()
  .then(
    () => process.exit(),
    error => process.exit(exitCode(error)),
  );
