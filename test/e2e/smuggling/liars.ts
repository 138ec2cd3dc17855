import type { Machine } from '../../../tools/machine/machine.ts';
import { bringTls } from './tls.ts';

/** A pool of a lying worker, and how it is asked. */
export interface Liar {
  pool: string;
  program?: 'liar-fastcgi';
  /** Of the program. */
  args?: string;
  /** Lines of [Nginx]. */
  nginx?: string;
  method?: 'GET' | 'HEAD';
  /** More of the query: `end=1` hangs up after the lie. */
  more?: string;
}

const END = { more: '&end=1' };
const LIVE = { nginx: 'Buffering=no\n' };
const FASTCGI = { program: 'liar-fastcgi' } as const;

export const liars: readonly Liar[] = [
  { pool: 'kept' },
  { pool: 'ended', ...END },
  { pool: 'head', method: 'HEAD' },
  { pool: 'live', ...LIVE },
  { pool: 'live-ended', ...LIVE, ...END },
  { pool: 'fastcgi', ...FASTCGI },
  { pool: 'fastcgi-ended', ...FASTCGI, ...END },
  // lies to its own clients, whatever they ask
  { pool: 'eager', args: ' eager' },
];

/** Tells the truth. */
const TRUE: Liar = { pool: 'true' };

const poolOf = ({ pool, program, nginx = '', args = '' }: Liar, port: number): string => `[Pool]
Exec=${process.execPath} /srv/${program ?? 'liar'}.mjs${args}
Ports=${port}
${program ? 'Protocol=fastcgi' : ''}
[Health]
Probe=tcp
[Scale]
CPU=none
[Nginx]
Location=/${pool}
Keepalive=1
ReadTimeout=300ms
${nginx}`;

/** Installs all of them, with an nginx of one process, so that each pool has one kept connection. */
export async function bringLiars(m: Machine): Promise<void> {
  await m.run(`umask 022; cp test/e2e/programs/{liar,lies}*.mjs /srv/
    sed -i 's/^worker_processes.*/worker_processes 1;/' /etc/nginx/nginx.conf`);
  await bringTls(m);
  const pools = [...liars, TRUE];
  for (const [i, liar] of pools.entries()) await m.pool(liar.pool, poolOf(liar, 8700 + i));
  await m.install('--no-samples');
  for (const { pool } of pools) await m.serving(pool, 1, 30);
}
