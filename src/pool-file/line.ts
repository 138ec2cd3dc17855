/** Control characters but for the tab, and code points that are no characters: systemd ignores a line that has one. */
const CONTROL = /[^\P{Cc}\t]|\p{Noncharacter_Code_Point}/u;
/** What a decoder puts for bytes that are no UTF-8. */
const REPLACEMENT = '\uFFFD';

/** systemd loads no unit that has a line of more than a megabyte, and starts no program with such an argument. */
const MAX_LINE_CHARS = 100_000;

/** A line that opens a section, also when it is not closed properly. */
export const isHeader = (line: string): boolean => line.startsWith('[');

/** A line with a key, whatever else is wrong with it. */
export const isAssignment = (line: string): boolean => /^[^=#;[]/.test(line) && line.includes('=');

/** `[Pool]` -> `Pool`; of a malformed header the name that was probably meant. */
export const headerName = (line: string): string => line.replace(/^\[/, '').replace(/\][^\]]*$/, '');

/** A key that stands alone, cut so that a pasted novel does not fill the screen. */
const shown = (line: string): string => (line.length > 60 ? `${line.slice(0, 57)}...` : line);

function header(line: string): string | null {
  return /^\[[^\]]*\]$/.test(line)
    ? null
    : `"${shown(line)}" is not a section header: write [Section] on a line of its own`;
}

function assignment(line: string, inSection: boolean): string | null {
  const equals = line.indexOf('=');
  if (equals < 0)
    return `"${shown(line)}" is not Key=value, [Section] or a comment (# or ; at the start of the line)`;
  if (strip(line.slice(0, equals)) === '') return `"${shown(line)}" has no key before the =: write Key=value`;
  return inSection ? null : 'this key is outside any section: add its [Section] line above it';
}

/** What is wrong with one stripped line, or null. */
export function mistake(line: string, inSection: boolean): string | null {
  // also in comments: a lone carriage return there could hide half a file
  if (CONTROL.test(line)) return 'control characters are not allowed: retype the line';
  if (line === '' || /^[#;]/.test(line)) return null;
  if (line.length > MAX_LINE_CHARS)
    return `the line is longer than ${MAX_LINE_CHARS} characters: put the text in a file`;
  if (line.includes(REPLACEMENT)) return 'the line is not valid UTF-8: save the file as UTF-8';
  if (line.endsWith('\\'))
    return 'a line cannot be continued on the next: write it on one line, without the \\ at the end';
  return isHeader(line) ? header(line) : assignment(line, inSection);
}

/** systemd's white space. String.trim() would also take U+2028, the no-break space and others that are content. */
const isWhite = (letter: string | undefined): boolean => letter === ' ' || letter === '\t';

/** The text without blanks and tabs around it. */
export function strip(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && isWhite(text[from])) from += 1;
  while (to > from && isWhite(text[to - 1])) to -= 1;
  return text.slice(from, to);
}
