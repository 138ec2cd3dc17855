/** A directive of a unit file, as systemd parses it. */
export type Line = [section: string, key: string, value: string];

/** systemd's line ends, including some that editors do not show. */
const ENDS = /\r\n|\n\r|[\r\n\0]/;

/** The longest line that systemd reads, in bytes. */
const MAX_LINE_BYTES = 2 ** 20;

/** systemd ignores a line with one of these, as invalid UTF-8. */
const INVALID = /\p{Noncharacter_Code_Point}|\p{Surrogate}/u;

const isComment = (line: string): boolean => /^[ \t]*[#;]/.test(line);

/** Joins lines that end with `\` to the next one, skipping comments between them. */
function* logical(text: string): Generator<string> {
  let open: string | null = null;
  for (const line of text.replace(/^\uFEFF/, '').split(ENDS)) {
    if (isComment(line)) continue;
    const whole: string = open === null ? line : `${open} ${line}`;
    if (whole.length * 3 > MAX_LINE_BYTES) throw new Error('line too long for systemd');
    open = /(?<!\\)(\\\\)*\\$/.test(whole) ? whole.slice(0, -1) : null;
    if (open === null) yield whole;
  }
  if (open !== null) yield open;
}

const strip = (text: string): string => text.replace(/^[ \t]+|[ \t]+$/g, '');

/**
 * Parses a unit file by systemd.syntax(7), independently of the program's own code. Throws where systemd would warn.
 */
export function readUnit(text: string): Line[] {
  const found: Line[] = [];
  let section = '';
  for (const line of [...logical(text)].map(strip).filter(line => line !== '')) {
    const equals = line.indexOf('=');
    if (INVALID.test(line)) throw new Error(`systemd would ignore: ${line}`);
    if (/^\[.*\]$/.test(line)) section = line.slice(1, -1);
    else if (line.startsWith('[') || section === '' || equals < 1)
      throw new Error(`systemd would not understand: ${line}`);
    else found.push([section, strip(line.slice(0, equals)), strip(line.slice(equals + 1))]);
  }
  return found;
}

/** The values of a directive, in order. */
export const valuesOf = (lines: readonly Line[], section: string, key: string): string[] =>
  lines.filter(([s, k]) => s === section && k === key).map(([, , value]) => value);
