/** A directive of a unit file, as systemd understands it. */
export type Line = [section: string, key: string, value: string];

/** systemd ends lines at these, also where an editor shows one line. */
const ENDS = /\r\n|\n\r|[\r\n\0]/;

/** The longest line that it reads, in bytes. */
const LONGEST = 2 ** 20;

/** A line with one of them it ignores as no UTF-8. */
const STRANGE = /\p{Noncharacter_Code_Point}|\p{Surrogate}/u;

const isComment = (line: string): boolean => /^[ \t]*[#;]/.test(line);

/** A `\` at the end of a line takes the next one in, comments between them left out. */
function* logical(text: string): Generator<string> {
  let open: string | null = null;
  for (const line of text.replace(/^\uFEFF/, '').split(ENDS)) {
    if (isComment(line)) continue;
    const whole: string = open === null ? line : `${open} ${line}`;
    if (whole.length * 3 > LONGEST) throw new Error('systemd would not read a line as long');
    open = /(?<!\\)(\\\\)*\\$/.test(whole) ? whole.slice(0, -1) : null;
    if (open === null) yield whole;
  }
  if (open !== null) yield open;
}

const strip = (text: string): string => text.replace(/^[ \t]+|[ \t]+$/g, '');

/** Reads a unit file by the rules of systemd.syntax(7), with nothing of the program's own. Throws where systemd warns. */
export function readUnit(text: string): Line[] {
  const found: Line[] = [];
  let section = '';
  for (const line of [...logical(text)].map(strip).filter(line => line !== '')) {
    const equals = line.indexOf('=');
    if (STRANGE.test(line)) throw new Error(`systemd would ignore: ${line}`);
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
