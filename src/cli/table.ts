const isTerminal = process.stdout.isTTY === true && !process.env.NO_COLOR;

const paint =
  (code: number) =>
  (text: string): string =>
    isTerminal ? `\u001b[${code}m${text}\u001b[0m` : text;

/** Colours only where somebody looks; NO_COLOR turns them off there too. */
export const green = paint(32);
export const red = paint(31);
export const yellow = paint(33);
export const bold = paint(1);

const ESCAPES = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g');
const width = (text: string): number => text.replace(ESCAPES, '').length;

/** Rows in columns as wide as their widest cell; the last column is not padded. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map(row => width(row[i] ?? ''))));
  const pad = (cell: string, i: number): string =>
    cell + ' '.repeat(Math.max(0, (widths[i] ?? 0) - width(cell)));
  return rows.map(row => row.map(pad).join('  ').trimEnd()).join('\n');
}
