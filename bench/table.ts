/** Escapes what would end a cell. */
const safe = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

const line = (cells: readonly string[]): string => `| ${cells.map(safe).join(' | ')} |`;

/** A Markdown table. */
export const table = (heads: readonly string[], lines: readonly (readonly string[])[]): string =>
  [line(heads), line(heads.map(() => '---')), ...lines.map(line)].join('\n');
