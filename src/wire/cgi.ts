import { err, ok, type Result } from '../base/result.ts';
import { join, latin1 } from './bytes.ts';

/** What a CGI program, or a server that answers like one, has said so far. */
export interface CgiAnswer {
  status: number;
  body: Uint8Array;
  /** What of the body is still to come: by its own account nothing or something, or whatever comes until the end. */
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
  if (!/^\d{1,15}$/.test(length)) return err('its Content-Length: is no number');
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

/** What has come of a head that is not over is strange already, or it is too early to say. */
function unfinished(text: string, form: AnswerKind): Result<null> {
  return invalidLine(linesOf(text).slice(0, -1)) === undefined ? ok(null) : noHeaderLines(form);
}

/** What an answer is called that has such a head. */
type AnswerKind = 'CGI' | 'HTTP';

const noHeaderLines = (form: AnswerKind) => err(`its answer is no ${form}: it begins with no header lines`);

/** Reads what has come so far; null: the head is not over. An error says in words what is no answer of CGI. */
export function readCgi(bytes: Uint8Array, form: AnswerKind = 'CGI'): Result<CgiAnswer | null> {
  const text = latin1(bytes);
  const found = HEAD_END.exec(text);
  if (!found) return unfinished(text, form);
  const lines = found.index === 0 ? [] : linesOf(text.slice(0, found.index));
  if (invalidLine(lines) !== undefined) return noHeaderLines(form);
  const head = readHead(lines);
  if (!head.ok) return head;
  const body = bodyOf(head.value, bytes.subarray(found.index + found[0].length));
  return body.ok ? ok({ status: head.value.status, ...body.value }) : body;
}

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
export const invalidLine = (lines: readonly string[]): string | undefined =>
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

/** A chunked body as far as it has come. */
export interface Chunks {
  body: Uint8Array;
  /** The last chunk and the trailers are there. */
  isWhole: boolean;
}

/** The end of the chunk before, and the next one's size, with extensions that mean nothing to us. */
const SIZE_LINE = /\r?\n([0-9A-Fa-f]{1,7})[ \t]*(?:;[^\n]*)?\r?\n/y;
const UNFINISHED_LINE = /(?:\r?\n[^\n]*|\r)?$/y;
const TRAILERS = /(?:[^\r\n]+\r?\n)*\r?\n/y;

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

const LINE_END = Uint8Array.of(13, 10);

/** Takes a chunked body apart; an error says in words what is none. */
export function dechunk(bytes: Uint8Array): Result<Chunks> {
  // so the first chunk is like all others
  const whole = join([LINE_END, bytes]);
  const text = latin1(whole);
  const parts: Uint8Array[] = [];
  for (let at = 0; ; ) {
    const line = matchAt(SIZE_LINE, text, at);
    if (!line && matchAt(UNFINISHED_LINE, text, at)) return ok({ body: join(parts), isWhole: false });
    if (!line) return err('its chunked body has no length where one must be');
    const [from, size] = [at + line[0].length, Number.parseInt(line[1] ?? '', 16)];
    if (size === 0) return ok({ body: join(parts), isWhole: matchAt(TRAILERS, text, from) !== null });
    parts.push(whole.subarray(from, from + size));
    at = Math.min(from + size, text.length);
  }
}
