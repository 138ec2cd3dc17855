import { Failure } from '../failure.ts';

/** `cgipool controller`: the daemon of cgipool.service. */
export async function controller(): Promise<void> {
  const { runController } = await import('../../controller/run.ts');
  const { journalLog } = await import('../../controller/log.ts');
  process.once('SIGTERM', () => process.exit(0));
  try {
    await runController(journalLog);
  } catch (error) {
    throw new Failure((error as Error).message);
  }
}
