/*
 * A file of EnvironmentFile= as systemd reads it, see systemd.exec(5): NAME=value on each line. A value may be quoted, in
 * parts, and a backslash at the end of a line goes on with the next one.
 */

/** A comment; or a name, the quoted parts of its value, and the rest of it; or space; or a line that is none of these. */
const ENTRY =
  /[#;](?:\\.|[^\\\n\r])*|([^\s#;=][^=\n\r]*)=((?:[^\S\n\r]|'[^']*(?:'|$)|"(?:\\.|[^"\\])*(?:"|\\?$))*)((?:\\.|[^\\\n\r])*)|\s+|[^\n\r]+/gs;
/** A quoted part: in single quotes, or in double ones. */
const QUOTED = /'([^']*)'?|"((?:\\.|[^"\\])*)"?/gs;
const NAME = /^[A-Za-z_]\w*$/;

/** What a backslash makes literal in double quotes; before anything else it stays. */
const inDoubleQuotes = (text: string): string =>
  text.replace(/\\(.)/gs, (all, letter: string) =>
    '"\\`$'.includes(letter) ? letter : letter === '\n' ? '' : all,
  );

const quotedText = (parts: string): string =>
  [...parts.matchAll(QUOTED)].map(([, single, double = '']) => single ?? inDoubleQuotes(double)).join('');

const isSpace = (token: string | undefined): boolean => token !== undefined && /^\s$/.test(token);

/** Without quotes: a backslash makes anything literal, and white space at the end is none of the value. */
function plainText(text: string): string {
  const tokens = text.match(/\\.|[^\\]/gs) ?? [];
  while (isSpace(tokens.at(-1))) tokens.pop();
  return tokens.map(token => token.replace(/^\\[\n\r]?/, '')).join('');
}

/** The variables that a text sets, in order; of one that is set twice, the last value. */
export function parseEnvFile(text: string): Map<string, string> {
  const entries = [...text.matchAll(ENTRY)].flatMap(([, name, quoted = '', plain = '']) =>
    name === undefined ? [] : [[name.trimEnd(), quotedText(quoted) + plainText(plain)] as const],
  );
  return new Map(entries.filter(([name]) => NAME.test(name)));
}
