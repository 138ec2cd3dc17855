/** A word up to white space outside of quotes: plain letters, escaped ones, quoted strings. */
const WORD = /(?:\\.|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[^\s"'\\]|["'\\])+/g;
/** A quoted string or an escaped letter within a word. */
const QUOTED = /\\(.)|"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)'/g;

const unquoted = (word: string): string =>
  word.replace(QUOTED, (_, letter?: string, double?: string, single?: string) =>
    (letter ?? double ?? single ?? '').replace(/\\(.)/g, '$1'),
  );

/** The words of a value as systemd splits it (systemd.syntax(7)), without quotes and backslashes. */
export const wordsOf = (value: string): string[] => (value.match(WORD) ?? []).map(unquoted);
