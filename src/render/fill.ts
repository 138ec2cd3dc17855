/** The texts below units/ and nginx/, by their path from the top. */
export type Assets = Readonly<Record<string, string>>;

/** What a placeholder stands for: a word within its line, or, where it is alone on its line, any number of lines. */
export type Values = Readonly<Record<string, string | readonly string[]>>;

const PLACEHOLDER = /@([A-Z]+)@/g;
/** One that is alone on its line, with the line's indentation. */
const ALONE = /^(\s*)@([A-Z]+)@$/;

const linesOf = (text: string): string[] => text.replace(/\n$/, '').split('\n');

/** The text of lines as a file has it. */
export const textOf = (lines: readonly string[]): string => lines.map(line => `${line}\n`).join('');

const indented = (indent: string, lines: readonly string[]): string[] =>
  lines.map(line => (line === '' ? '' : indent + line));

/** The values of one template, each of which must have a place in it. */
class Filling {
  readonly #unused: Set<string>;

  constructor(
    readonly name: string,
    readonly values: Values,
  ) {
    this.#unused = new Set(Object.keys(values));
  }

  get unused(): string[] {
    return [...this.#unused];
  }

  lines(key: string): readonly string[] {
    const value = this.values[key];
    if (value === undefined) throw new Error(`${this.name}: nothing to put for @${key}@`);
    this.#unused.delete(key);
    const lines = typeof value === 'string' ? [value] : value;
    // one that breaks a line could end a section or a block
    if (lines.some(line => line.includes('\n'))) throw new Error(`${this.name}: @${key}@ breaks its line`);
    return lines;
  }

  word(key: string): string {
    const [word = '', ...more] = this.lines(key);
    if (more.length > 0) throw new Error(`${this.name}: @${key}@ is not alone on its line`);
    return word;
  }
}

function filled(line: string, filling: Filling): string[] {
  const [, indent = '', key] = ALONE.exec(line) ?? [];
  if (key !== undefined) return indented(indent, filling.lines(key));
  return [line.replace(PLACEHOLDER, (_, word: string) => filling.word(word))];
}

/**
 * The lines of a template with values in its `@NAME@` places. A placeholder alone on its line takes a list of lines: each gets
 * that line's indentation, and an empty list removes it. Throws when the template is missing, when names and values do not
 * match, or a value breaks its line: all three are mistakes of ours, never of a pool file.
 */
export function fill(assets: Assets, name: string, values: Values): string[] {
  const template = assets[name];
  if (template === undefined) throw new Error(`the template ${name} is missing: reinstall cgipool`);
  const filling = new Filling(name, values);
  const lines = linesOf(template).flatMap(line => filled(line, filling));
  if (filling.unused.length > 0) throw new Error(`${name}: no place for ${filling.unused.join(', ')}`);
  return lines;
}
