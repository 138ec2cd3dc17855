import { parseArgs } from 'node:util';
import { ROWS, type RowName } from './results.ts';

/** The options of a run. */
export interface Options {
  rows: RowName[];
  rounds: number;
  /** Names of subjects besides cgipool; null: all. */
  peers: string[] | null;
  quick: boolean;
}

/** Fewer rounds give no useful median. */
const DEFAULT_ROUNDS = 5;

const isRow = (word: string): word is RowName => (ROWS as readonly string[]).includes(word);

/** Parses the command line; throws an error that names the choices. */
export function parseOptions(args: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      rounds: { type: 'string' },
      peers: { type: 'string' },
      quick: { type: 'boolean', default: false },
    },
  });
  const unknown = positionals.find(word => !isRow(word));
  if (unknown !== undefined) throw new Error(`${unknown}: unknown row; choose from ${ROWS.join(', ')}`);
  const rounds = Number(values.rounds ?? (values.quick ? 1 : DEFAULT_ROUNDS));
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new Error(`--rounds ${values.rounds}: use a number from 1 on`);
  return {
    rows: positionals.length > 0 ? ROWS.filter(row => positionals.includes(row)) : [...ROWS],
    rounds,
    peers: values.peers === undefined ? null : values.peers.split(','),
    quick: values.quick,
  };
}
