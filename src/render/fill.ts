/** The templates of units/ and nginx/, by path. */
export type Assets = Readonly<Record<string, string>>;

/**
 * The value of each placeholder: a word within a line, or any number of lines if the placeholder is alone on its line.
 */
export type PlaceholderValues = Readonly<Record<string, string | readonly string[]>>;

const PLACEHOLDER = /@([A-Z]+)@/g;
/** A placeholder alone on its line, with its indentation. */
const ALONE = /^(\s*)@([A-Z]+)@$/;

const linesOf = (text: string): string[] => text.replace(/\n$/, '').split('\n');

/** Joins lines into the text of a file. */
export const textOf = (lines: readonly string[]): string => lines.map(line => `${line}\n`).join('');

const indented = (indent: string, lines: readonly string[]): string[] =>
  lines.map(line => (line === '' ? '' : indent + line));

/** The values of a template, and which of them it has not used yet. */
class Placeholders {
  readonly #unused: Set<string>;

  constructor(
    readonly name: string,
    readonly values: PlaceholderValues,
  ) {
    this.#unused = new Set(Object.keys(values));
  }

  get unused(): string[] {
    return [...this.#unused];
  }

  lines(key: string): readonly string[] {
    const value = this.values[key];
    if (value === undefined) throw new Error(`${this.name}: no value for @${key}@`);
    this.#unused.delete(key);
    const lines = typeof value === 'string' ? [value] : value;
    // a line break in a value could end a section or a block
    if (lines.some(line => line.includes('\n')))
      throw new Error(`${this.name}: the value of @${key}@ has a line break`);
    return lines;
  }

  word(key: string): string {
    const [word = '', ...more] = this.lines(key);
    if (more.length > 0) throw new Error(`${this.name}: @${key}@ is not alone on its line`);
    return word;
  }
}

function filled(line: string, placeholders: Placeholders): string[] {
  const [, indent = '', key] = ALONE.exec(line) ?? [];
  if (key !== undefined) return indented(indent, placeholders.lines(key));
  return [line.replace(PLACEHOLDER, (_, word: string) => placeholders.word(word))];
}

/**
 * The lines of a template with its `@NAME@` placeholders filled in. A placeholder alone on its line takes a list of
 * lines: each gets that line's indentation, and an empty list removes the line. Throws if the template is missing, if
 * placeholders and values do not match, or if a value has a line break: all are bugs of ours, never mistakes in a pool
 * file.
 */
export function fill(assets: Assets, name: string, values: PlaceholderValues): string[] {
  const template = assets[name];
  if (template === undefined) throw new Error(`the template ${name} is missing: reinstall cgipool`);
  const placeholders = new Placeholders(name, values);
  const lines = linesOf(template).flatMap(line => filled(line, placeholders));
  const { unused } = placeholders;
  if (unused.length > 0) throw new Error(`${name}: no placeholder for ${unused.join(', ')}`);
  return lines;
}
