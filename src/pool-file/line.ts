/** Control characters except the tab, and noncharacters: systemd ignores a line that contains one. */
const CONTROL = /[^\P{Cc}\t]|\p{Noncharacter_Code_Point}/u;
/** What a decoder puts in place of bytes that are not UTF-8. */
const REPLACEMENT = '\uFFFD';

/** systemd refuses unit lines longer than 1 MiB, and the kernel refuses arguments longer than 128 KiB. */
const MAX_LINE_CHARS = 100_000;

/** A line that opens a section, even a malformed one. */
export const isHeader = (line: string): boolean => line.startsWith('[');

/** A line with a key, even a malformed one. */
export const isAssignment = (line: string): boolean => /^[^=#;[]/.test(line) && line.includes('=');

/** `[Pool]` -> `Pool`; for a malformed header, the name that was probably meant. */
export const headerName = (line: string): string => line.replace(/^\[/, '').replace(/\][^\]]*$/, '');

/** The line cut to 60 characters, so that a message fits on the screen. */
const shorten = (line: string): string => (line.length > 60 ? `${line.slice(0, 57)}...` : line);

function checkHeader(line: string): string | null {
  return /^\[[^\]]*\]$/.test(line)
    ? null
    : `"${shorten(line)}" is not a section header: write [Section] on a line of its own`;
}

function checkAssignment(line: string, inSection: boolean): string | null {
  const equals = line.indexOf('=');
  if (equals < 0)
    return `"${shorten(line)}" is not Key=value, [Section] or a comment (# or ; at the start of the line)`;
  if (strip(line.slice(0, equals)) === '')
    return `"${shorten(line)}" has no key before the =: write Key=value`;
  return inSection ? null : 'this key is outside any section: add its [Section] line above it';
}

/** What is wrong with one stripped line; null if nothing is. */
export function checkLine(line: string, inSection: boolean): string | null {
  // in comments too: a lone carriage return there could hide half a file
  if (CONTROL.test(line)) return 'control characters are not allowed: retype the line';
  if (line === '' || /^[#;]/.test(line)) return null;
  if (line.length > MAX_LINE_CHARS)
    return `the line is longer than ${MAX_LINE_CHARS} characters: put the text in a file`;
  if (line.includes(REPLACEMENT)) return 'the line is not valid UTF-8: save the file as UTF-8';
  if (line.endsWith('\\'))
    return 'a line cannot be continued on the next: write it on one line, without the \\ at the end';
  return isHeader(line) ? checkHeader(line) : checkAssignment(line, inSection);
}

/** White space as systemd defines it. String.trim() would also remove U+2028, no-break spaces and other content. */
const isWhite = (character: string | undefined): boolean => character === ' ' || character === '\t';

/** The text without spaces and tabs around it. */
export function strip(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && isWhite(text[from])) from += 1;
  while (to > from && isWhite(text[to - 1])) to -= 1;
  return text.slice(from, to);
}
