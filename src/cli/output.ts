import { formatProblem, type Problem } from '../base/result.ts';

/** Prints each mistake on a line of its own, like a compiler. */
export function printProblems(problems: readonly Problem[], warnings: readonly string[]): void {
  for (const problem of problems) console.error(onError.red(formatProblem(problem)));
  for (const warning of warnings) console.error(onError.yellow(`warning: ${warning}`));
}

const paint =
  (code: number, stream: NodeJS.WriteStream) =>
  (text: string): string =>
    stream.isTTY && !process.env.NO_COLOR ? `\u001b[${code}m${text}\u001b[0m` : text;

/** Colours only on a terminal, and not with NO_COLOR. */
export const green = paint(32, process.stdout);
export const red = paint(31, process.stdout);
export const yellow = paint(33, process.stdout);
export const bold = paint(1, process.stdout);

/** The same for standard error, which may be a file while standard output is a terminal. */
const onError = { red: paint(31, process.stderr), yellow: paint(33, process.stderr) };

const ESCAPES = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g');
const width = (text: string): number => text.replace(ESCAPES, '').length;

/** Rows in columns as wide as their widest cell; the last column is not padded. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map(row => width(row[i] ?? ''))));
  const pad = (cell: string, i: number): string =>
    cell + ' '.repeat(Math.max(0, (widths[i] ?? 0) - width(cell)));
  return rows.map(row => row.map(pad).join('  ').trimEnd()).join('\n');
}

/** `1 mistake`, `2 mistakes` */
export const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;
