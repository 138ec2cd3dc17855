import type { Machine } from '../../../tools/machine/machine.ts';
import type { Received, Sent } from '../programs/raw.ts';
import type { Pair } from '../programs/two-streams.ts';
import { type Liar, liars } from './liars.ts';

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

const lieOf = ({ pool, more = '' }: Liar, lie: string, word: number): string =>
  `/${pool}/?lie=${encodeURIComponent(lie)}&word=${word}${more}`;

/** The lie, and right after it a request to the true pool on the same connection; then one to each by other clients. */
const sent = (liar: Liar, lie: string, word: number): Sent => ({
  attack: get(lieOf(liar, lie, word), liar.method) + get(`/true/?word=next-${word}`),
  quietMs: QUIET_MS,
  paths: [`/${liar.pool}/?word=${word}`, `/true/?word=other-${word}`],
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

/** What the true pool answers beside each of a pool's lies, as another stream of one HTTP/2 connection. */
export async function besideLies(m: Machine, liar: Liar, lies: readonly string[]): Promise<string[]> {
  const pairs = lies.map((lie, i): Pair => [lieOf(liar, lie, i), `/true/?word=beside-${i}`]);
  const asking = `${process.execPath} --import tsx test/e2e/programs/two-streams.ts`;
  return JSON.parse(await m.run(asking, JSON.stringify(pairs)));
}
