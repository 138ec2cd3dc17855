import type { Machine } from '../../../tools/machine/machine.ts';
import type { Received, Sent } from '../programs/raw.ts';

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
  const pools = [...liars, TRUE];
  for (const [i, liar] of pools.entries()) await m.pool(liar.pool, poolOf(liar, 8700 + i));
  await m.install('--no-samples');
  for (const { pool } of pools) await m.serving(pool, 1, 30);
}

/** A lie, and what came of it. */
export interface Told extends Received {
  lie: string;
  /** The word of its requests. */
  word: number;
}

const get = (target: string, method = 'GET'): string =>
  `${method} ${target} HTTP/1.1\r\nHost: localhost\r\n\r\n`;

/** More than nginx's ReadTimeout=: a body that does not come is over then. */
const QUIET_MS = 400;

/** The lie, and right after it a request to the true pool on the same connection; then one to each by other clients. */
const sent = ({ pool, method, more = '' }: Liar, lie: string, word: number): Sent => ({
  attack:
    get(`/${pool}/?lie=${encodeURIComponent(lie)}&word=${word}${more}`, method) +
    get(`/true/?word=next-${word}`),
  quietMs: QUIET_MS,
  paths: [`/${pool}/?word=${word}`, `/true/?word=other-${word}`],
});

/** Has all of them tell all of their lies; the result is in the order of `liars`. */
export async function tellAll(m: Machine): Promise<Told[][]> {
  const list = async (name: string): Promise<string[]> =>
    JSON.parse(await m.run(`${process.execPath} /srv/${name}.mjs list`));
  const lies = { liar: await list('liar'), 'liar-fastcgi': await list('liar-fastcgi') };
  const liesOf = ({ program = 'liar' }: { program?: keyof typeof lies }): string[] => lies[program];
  const all = liars.map(liar => liesOf(liar).map((lie, word) => sent(liar, lie, word)));
  const text = await m.run(`${process.execPath} --import tsx test/e2e/programs/raw.ts`, JSON.stringify(all));
  const found = JSON.parse(text) as Received[][];
  return liars.map((liar, n) =>
    liesOf(liar).map((lie, word) => ({ lie, word, ...(found[n]?.[word] ?? { attack: '', victims: [] }) })),
  );
}
