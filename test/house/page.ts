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

/** What stands between `<!-- NAME: begin -->` and `<!-- NAME: end -->`. Throws when there is no such pair. */
export function marked(text: string, name: string): string {
  const [, inner] = new RegExp(`<!-- ${name}: begin -->\n(.*?)<!-- ${name}: end -->`, 's').exec(text) ?? [];
  if (inner === undefined) throw new Error(`there are no marks "${name}"`);
  return inner;
}

/** The rows of the tables in a text, without their heads. */
export const tableRows = (text: string): string[][] =>
  text
    .split('\n')
    .filter(
      (line, i, all) => line.startsWith('|') && !all[i + 1]?.startsWith('| ---') && !line.startsWith('| ---'),
    )
    .map(cells);

/** The rows of the tables below a heading, without their heads. */
export const rows = (text: string, heading: string): string[][] => tableRows(chapter(text, heading));

/** What stands in backticks, outside of fenced blocks. */
export const quoted = (text: string): string[] =>
  [...text.replace(/^```.*?^```/gms, '').matchAll(/`([^`]+)`/g)].map(([, inner = '']) => inner);

/** Without fenced blocks, in which nothing is a link or a heading. */
const unfenced = (text: string): string => text.replace(/^```.*?^```/gms, '');

/** A link inside the checkout: to a file, or where that is empty to the page itself, and to a heading of it. */
export interface Link {
  file: string;
  anchor: string;
}

/** All links of a page but those to the web. */
export const linksOf = (text: string): Link[] =>
  [...unfenced(text).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)].map(
    ([, file = '', anchor = '']) => ({ file, anchor }),
  );

/** The links of a page to files of the checkout. */
export const links = (text: string): string[] =>
  linksOf(text).flatMap(({ file }) => (file === '' ? [] : [file]));

/** What a link to each heading of a page ends in, as GitHub and GitLab make it of the words. */
export const anchors = (text: string): string[] =>
  [...unfenced(text).matchAll(/^#+ (.*)$/gm)].map(([, words = '']) =>
    words
      .trim()
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
