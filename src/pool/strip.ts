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
