import { readFileSync } from 'node:fs';

/** A page of the documentation, by its path from the top. */
export const page = (path: string): string => readFileSync(path, 'utf8').replaceAll('\r\n', '\n');

/** What stands below a heading, up to the next one of any level. Throws when there is no such heading. */
export function chapter(text: string, heading: string): string {
  const lines = text.split('\n');
  const from = lines.indexOf(heading);
  if (from < 0) throw new Error(`there is no heading "${heading}"`);
  const to = lines.findIndex((line, i) => i > from && /^#+ /.test(line));
  return lines.slice(from + 1, to < 0 ? undefined : to).join('\n');
}

const cells = (line: string): string[] =>
  line
    .split('|')
    .slice(1, -1)
    .map(cell => cell.trim());

/** The rows of the tables below a heading, without their heads. */
export const rows = (text: string, heading: string): string[][] =>
  chapter(text, heading)
    .split('\n')
    .filter(
      (line, i, all) => line.startsWith('|') && !all[i + 1]?.startsWith('| ---') && !line.startsWith('| ---'),
    )
    .map(cells);

/** What stands in backticks, outside of fenced blocks. */
export const quoted = (text: string): string[] =>
  [...text.replace(/^```.*?^```/gms, '').matchAll(/`([^`]+)`/g)].map(([, inner = '']) => inner);

/** The links of a page to files of the checkout. */
export const links = (text: string): string[] =>
  [...text.matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)].map(([, to = '']) => to);
