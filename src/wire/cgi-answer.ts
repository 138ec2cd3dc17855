import { err, ok, type Result } from '../pool/result.ts';
import { latin1 } from './bytes.ts';
import { type CgiHead, linesOf, readHead, strangeLine } from './cgi-head.ts';
import { dechunk } from './chunks.ts';

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
function unfinished(text: string, form: Form): Result<null> {
  return strangeLine(linesOf(text).slice(0, -1)) === undefined ? ok(null) : headless(form);
}

/** What an answer is called that has such a head. */
type Form = 'CGI' | 'HTTP';

const headless = (form: Form) => err(`its answer is no ${form}: it begins with no header lines`);

/** Reads what has come so far; null: the head is not over. An error says in words what is no answer of CGI. */
export function readCgi(bytes: Uint8Array, form: Form = 'CGI'): Result<CgiAnswer | null> {
  const text = latin1(bytes);
  const found = HEAD_END.exec(text);
  if (!found) return unfinished(text, form);
  const lines = found.index === 0 ? [] : linesOf(text.slice(0, found.index));
  if (strangeLine(lines) !== undefined) return headless(form);
  const head = readHead(lines);
  if (!head.ok) return head;
  const body = bodyOf(head.value, bytes.subarray(found.index + found[0].length));
  return body.ok ? ok({ status: head.value.status, ...body.value }) : body;
}
