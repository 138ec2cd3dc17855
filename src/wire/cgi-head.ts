import { err, ok, type Result } from '../pool/result.ts';

/** The head of an answer: its status and its fields by name, in small letters. */
export interface CgiHead {
  status: number;
  fields: ReadonlyMap<string, string>;
}

/** Names as HTTP allows them. */
const FIELD = /^([\w!#$%&'*+.^`|~-]+)[ \t]*:([^\0]*)$/;
/** Some workers answer as HTTP servers do; what follows then is the same. */
const STATUS_LINE = /^HTTP\/\d\.\d +([1-5]\d\d)(?: |$)/;
const STATUS = /^([1-5]\d\d)(?!\d)/;

const FOLDED = /^[ \t]/;

/** The lines of a text that ends in CR, LF or no line end. */
export const linesOf = (text: string): string[] =>
  text.split('\n').map(line => (line.endsWith('\r') ? line.slice(0, -1) : line));

/** A line that no head has, or undefined. */
export const strangeLine = (lines: readonly string[]): string | undefined =>
  lines.find((line, i) => !(FIELD.test(line) || FOLDED.test(line) || (i === 0 && STATUS_LINE.test(line))));

function fieldsOf(lines: readonly string[]): Map<string, string> {
  const found = lines.flatMap(line => {
    const [, name = '', value = ''] = FIELD.exec(line) ?? [];
    return name === '' ? [] : [[name.toLowerCase(), value.trim()] as const];
  });
  return new Map(found);
}

/** As nginx has it: the status line, Status:, 302 for a Location:, else 200. */
function statusOf(first: string, fields: ReadonlyMap<string, string>): number | null {
  const line = STATUS_LINE.exec(first)?.[1];
  const field = fields.get('status');
  if (line === undefined && field === undefined) return fields.has('location') ? 302 : 200;
  const code = line ?? STATUS.exec(field ?? '')?.[1];
  return code === undefined ? null : Number(code);
}

/** Reads the lines of a head, none of which is strange. */
export function readHead(lines: readonly string[]): Result<CgiHead> {
  const fields = fieldsOf(lines);
  const status = statusOf(lines[0] ?? '', fields);
  return status === null ? err('its Status: begins with no status of HTTP') : ok({ status, fields });
}
