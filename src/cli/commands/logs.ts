import { readInstalled } from '../../install/installed-store.ts';
import { Machine } from '../../install/machine.ts';
import { noSuchPool, POOL_NAME } from '../../model/names.ts';
import { Failure } from '../failure.ts';

interface LogsOptions {
  follow?: boolean;
  lines?: string;
  since?: string;
}

/**
 * journalctl's message about an unknown unit does not help. Reads the record of installed pools rather than asking the
 * controller: logs are needed most while that is down.
 */
async function requireKnown(pool: string): Promise<void> {
  // the record is for root and the group cgipool, and the journal for others, too
  const installed = await readInstalled(new Machine()).catch(() => null);
  const names = installed?.pools.map(p => p.pool.name);
  if (!names || names.includes(pool)) return;
  throw new Failure(`${noSuchPool(pool, names)}; for a removed pool: journalctl -t cgipool-${pool}`);
}

/** `cgipool logs POOL [-f] [-n N]`: runs journalctl for all instances of the pool. */
export async function logs(pool: string, { follow, lines, since }: LogsOptions): Promise<void> {
  if (!POOL_NAME.test(pool)) throw new Failure(`${pool} is not a valid pool name`, 2);
  if (lines !== undefined && !/^\d+$/.test(lines)) throw new Failure(`--lines ${lines} is not a number`, 2);
  await requireKnown(pool);
  const { execa } = await import('execa');
  const more = [...(follow ? ['--follow'] : []), ...(since ? ['--since', since] : [])];
  // by the unit, which journald knows: a worker can put any other name before its lines
  const shown = ['--output', 'with-unit', '--lines', lines ?? '100'];
  const args = ['--unit', `cgipool-${pool}@*`, ...shown, ...more];
  const run = await execa('journalctl', args, { stdio: 'inherit', reject: false });
  if (run.failed)
    throw new Failure(
      run.code === 'ENOENT' ? 'journalctl not found: does this machine run systemd?' : 'journalctl failed',
    );
}
