import assert from 'node:assert/strict';
import { parse } from 'ini';
import { suite } from 'uvu';
import { page } from './house/page.ts';

const test = suite('editors and npm');

type Lines = Readonly<Record<string, unknown>>;

/** The lines of `[*]`, which holds for every file. The parser nests a section `[*.md]` in it, as `md`. */
const everywhere = (text: string): Lines => (parse(text) as { '*': Lines })['*'];

interface Formatter {
  indentStyle: string;
  indentWidth: number;
  lineWidth: number;
  /** Biome's default is lf. */
  lineEnding?: string;
}

/** What `[*]` of an .editorconfig says otherwise than Biome formats. */
function disagreements(editorconfig: string, { lineEnding = 'lf', ...formatter }: Formatter): string[] {
  const lines = everywhere(editorconfig);
  const wanted = {
    indent_style: formatter.indentStyle,
    indent_size: formatter.indentWidth,
    max_line_length: formatter.lineWidth,
    end_of_line: lineEnding,
  };
  return Object.entries(wanted).flatMap(([name, value]) =>
    String(lines[name]) === String(value) ? [] : [`${name}=${lines[name]}, but Biome has ${value}`],
  );
}

const { formatter } = JSON.parse(page('biome.json')) as { formatter: Formatter };

test('.editorconfig says what Biome formats by', () =>
  assert.deepEqual(disagreements(page('.editorconfig'), formatter), []));

test('.editorconfig asks for UTF-8, a final newline and no trailing blanks', () => {
  const { charset, insert_final_newline, trim_trailing_whitespace } = everywhere(page('.editorconfig'));
  assert.deepEqual([charset, insert_final_newline, trim_trailing_whitespace], ['utf-8', true, true]);
});

test('an .editorconfig that disagrees with Biome is seen', () => {
  const lines = '[*]\nindent_style=space\nindent_size=4\nend_of_line=lf\n[*.md]\nmax_line_length=110\n';
  assert.deepEqual(disagreements(lines, formatter), [
    'indent_size=4, but Biome has 2',
    'max_line_length=undefined, but Biome has 110',
  ]);
});

test('npm runs no install script, and saves exact versions and no host', () => {
  const settings = { ...parse(page('.npmrc')) };
  assert.deepEqual(settings, {
    'ignore-scripts': true,
    'install-links': false,
    'omit-lockfile-registry-resolved': true,
    'save-exact': true,
    fund: false,
    audit: false,
  });
});

test.run();
