import { parseArgs } from 'node:util';
import { ROWS, type RowName } from './results.ts';

/** What a run is to do. */
export interface Options {
  rows: RowName[];
  rounds: number;
  /** Names of subjects beside cgipool; null: all. */
  peers: string[] | null;
  quick: boolean;
}

/** Fewer rounds make no median. */
const ROUNDS = 5;

const isRow = (word: string): word is RowName => (ROWS as readonly string[]).includes(word);

/** Understands the words of the command line; throws with the words to choose from. */
export function parseOptions(words: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      rounds: { type: 'string' },
      peers: { type: 'string' },
      quick: { type: 'boolean', default: false },
    },
  });
  const strange = positionals.find(word => !isRow(word));
  if (strange !== undefined)
    throw new Error(`${strange}: there is no such part; there are ${ROWS.join(', ')}`);
  const rounds = Number(values.rounds ?? (values.quick ? 1 : ROUNDS));
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new Error(`--rounds ${values.rounds}: give a number from 1 on`);
  return {
    rows: positionals.length > 0 ? ROWS.filter(row => positionals.includes(row)) : [...ROWS],
    rounds,
    peers: values.peers === undefined ? null : values.peers.split(','),
    quick: values.quick,
  };
}
