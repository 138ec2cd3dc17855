import type { Key, KeyTable } from '../../src/pool-file/keys/key.ts';

const defaultOf = ({ fallback }: Key<unknown>): string => {
  if (fallback === 'required') return '**required**';
  return 'text' in fallback ? `\`${fallback.text}\`` : fallback.computed;
};

const HEAD = ['| Key | Value | Default | Example | Meaning |', '| --- | --- | --- | --- | --- |'];

/** The table of a section as its page in docs/ must contain it. */
export const tableOf = (section: KeyTable): string[] => [
  ...HEAD,
  ...Object.entries(section).map(
    ([name, key]) => `| \`${name}=\` | ${key.unit} | ${defaultOf(key)} | \`${key.example}\` | ${key.doc} |`,
  ),
];

/** The lines below a page's `## HEADING`, up to the next. */
export function chapter(page: string, heading: string): string[] {
  const lines = page.split('\n');
  const from = lines.indexOf(`## ${heading}`);
  if (from < 0) throw new Error(`there is no chapter "## ${heading}"`);
  const length = lines.slice(from + 1).findIndex(line => line.startsWith('## '));
  return lines.slice(from + 1, length < 0 ? undefined : from + 1 + length);
}

/** The texts of a page's fenced blocks of a language. */
export const fenced = (page: string, language: string): string[] =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'gms'))].map(([, text = '']) => text);

/** Every `Key=` that a page mentions in backticks outside of fenced blocks. */
export const mentioned = (page: string): string[] =>
  [...page.replace(/^```.*?^```/gms, '').matchAll(/`([A-Za-z-]+)=[^`]*`/g)].map(([, name = '']) => name);
