import { POOL_NAME } from '../pool/names.ts';
import { Failure } from './failure.ts';

export interface LogsOptions {
  follow?: boolean;
  lines?: string;
  since?: string;
}

/** `cgipool logs POOL [-f] [-n N]`: the journal of all instances of the pool, by journalctl itself. */
export async function logs(pool: string, { follow, lines, since }: LogsOptions): Promise<void> {
  if (!POOL_NAME.test(pool)) throw new Failure(`${pool} is no pool name`, 2);
  const { execa } = await import('execa');
  const more = [...(follow ? ['--follow'] : []), ...(since ? ['--since', since] : [])];
  const args = ['--unit', `cgipool-${pool}@*`, '--lines', lines ?? '100', ...more];
  const run = await execa('journalctl', args, { stdio: 'inherit', reject: false });
  if (run.failed)
    throw new Failure(
      run.code === 'ENOENT' ? 'journalctl is not there: is this a systemd machine?' : 'journalctl failed',
    );
}
