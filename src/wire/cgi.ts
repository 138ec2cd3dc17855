import { err, ok, type Result } from '../base/result.ts';
import { join, latin1 } from './bytes.ts';

/** What a CGI program, or a server that answers like one, has sent so far. */
export interface CgiAnswer {
  status: number;
  body: Uint8Array;
  /** How much of the body is still to come, by its headers; `until the end`: it ends with the connection. */
  rest: 'none' | 'some' | 'until the end';
}

type Body = Omit<CgiAnswer, 'status'>;

const NOTHING = new Uint8Array();

function chunked(bytes: Uint8Array): Result<Body> {
  const chunks = dechunk(bytes);
  if (!chunks.ok) return chunks;
  const { body, isWhole } = chunks.value;
  return ok({ body, rest: isWhole ? 'none' : 'some' });
}

function sized(bytes: Uint8Array, length: string): Result<Body> {
  if (!/^\d{1,15}$/.test(length)) return err('its Content-Length: is not a number');
  const body = bytes.subarray(0, Number(length));
  return ok({ body, rest: body.length < Number(length) ? 'some' : 'none' });
}

function bodyOf({ status, fields }: CgiHead, bytes: Uint8Array): Result<Body> {
  if (status === 204 || status === 304) return ok({ body: NOTHING, rest: 'none' });
  if (/(?:^|,)\s*chunked$/i.test(fields.get('transfer-encoding') ?? '')) return chunked(bytes);
  const length = fields.get('content-length');
  return length === undefined ? ok({ body: bytes, rest: 'until the end' }) : sized(bytes, length);
}

const HEAD_END = /(?:^|\n)\r?\n/;

/** A head that has not ended is already invalid, or undecided (null). */
function unfinished(text: string, kind: AnswerKind): Result<null> {
  return invalidLine(linesOf(text).slice(0, -1)) === undefined ? ok(null) : noHeaderLines(kind);
}

/** What messages call the answer. */
type AnswerKind = 'CGI' | 'HTTP';

const noHeaderLines = (kind: AnswerKind) =>
  err(`the answer is not ${kind}: it does not begin with header lines`);

/** Parses what has arrived so far; null: the head has not ended. The error says why it is not a CGI answer. */
export function readCgi(bytes: Uint8Array, kind: AnswerKind = 'CGI'): Result<CgiAnswer | null> {
  const text = latin1(bytes);
  const found = HEAD_END.exec(text);
  if (!found) return unfinished(text, kind);
  const lines = found.index === 0 ? [] : linesOf(text.slice(0, found.index));
  if (invalidLine(lines) !== undefined) return noHeaderLines(kind);
  const head = readHead(lines);
  if (!head.ok) return head;
  const body = bodyOf(head.value, bytes.subarray(found.index + found[0].length));
  return body.ok ? ok({ status: head.value.status, ...body.value }) : body;
}

/** The head of an answer: its status, and its fields by lower-case name. */
interface CgiHead {
  status: number;
  fields: ReadonlyMap<string, string>;
}

/** A header line, with a field name that HTTP allows. */
const FIELD = /^([\w!#$%&'*+.^`|~-]+)[ \t]*:([^\0]*)$/;
/** Some workers answer like HTTP servers; the rest is then the same. */
const STATUS_LINE = /^HTTP\/\d\.\d +([1-5]\d\d)(?: |$)/;
const STATUS = /^([1-5]\d\d)(?!\d)/;

const FOLDED = /^[ \t]/;

/** The lines of a text, without CR. */
export const linesOf = (text: string): string[] =>
  text.split('\n').map(line => (line.endsWith('\r') ? line.slice(0, -1) : line));

/** The first line that cannot be in a head, or undefined. */
const invalidLine = (lines: readonly string[]): string | undefined =>
  lines.find((line, i) => !(FIELD.test(line) || FOLDED.test(line) || (i === 0 && STATUS_LINE.test(line))));

function fieldsOf(lines: readonly string[]): Map<string, string> {
  const found = lines.flatMap(line => {
    const [, name = '', value = ''] = FIELD.exec(line) ?? [];
    return name === '' ? [] : [[name.toLowerCase(), value.trim()] as const];
  });
  return new Map(found);
}

/** Like nginx: the status line, Status:, 302 for a Location:, else 200. */
function statusOf(first: string, fields: ReadonlyMap<string, string>): number | null {
  const line = STATUS_LINE.exec(first)?.[1];
  const field = fields.get('status');
  if (line === undefined && field === undefined) return fields.has('location') ? 302 : 200;
  const code = line ?? STATUS.exec(field ?? '')?.[1];
  return code === undefined ? null : Number(code);
}

/** Parses the lines of a head, all of them valid. */
function readHead(lines: readonly string[]): Result<CgiHead> {
  const fields = fieldsOf(lines);
  const status = statusOf(lines[0] ?? '', fields);
  return status === null ? err('its Status: is not an HTTP status') : ok({ status, fields });
}

/** The part of a chunked body that has arrived. */
interface Chunks {
  body: Uint8Array;
  /** The last chunk and the trailers have arrived. */
  isWhole: boolean;
}

/** The end of the previous chunk and the size of the next one; extensions are ignored. */
const SIZE_LINE = /\r?\n([0-9A-Fa-f]{1,7})[ \t]*(?:;[^\n]*)?\r?\n/y;
const UNFINISHED_LINE = /(?:\r?\n[^\n]*|\r)?$/y;
const TRAILERS = /(?:[^\r\n]+\r?\n)*\r?\n/y;

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

const LINE_END = Uint8Array.of(13, 10);

/** Decodes a chunked body; an error for a malformed one. */
function dechunk(bytes: Uint8Array): Result<Chunks> {
  // makes the first chunk like all others
  const whole = join([LINE_END, bytes]);
  const text = latin1(whole);
  const parts: Uint8Array[] = [];
  for (let at = 0; ; ) {
    const line = matchAt(SIZE_LINE, text, at);
    if (!line && matchAt(UNFINISHED_LINE, text, at)) return ok({ body: join(parts), isWhole: false });
    if (!line) return err('its chunked body is malformed: a chunk has no size');
    const [from, size] = [at + line[0].length, Number.parseInt(line[1] ?? '', 16)];
    if (size === 0) return ok({ body: join(parts), isWhole: matchAt(TRAILERS, text, from) !== null });
    parts.push(whole.subarray(from, from + size));
    at = Math.min(from + size, text.length);
  }
}
