/** What a client that keeps to RFC 9112 takes for the answer to one of its requests. */
export interface Answer {
  status: number;
  body: string;
}

/** Empty lines before it are skipped, as many clients do. */
const HEAD = /^(?:\r\n)*HTTP\/1\.[01] ([1-5]\d\d)[^\r\n]*\r\n((?:[^\r\n]+\r\n)*)\r\n/;
const CHUNK = /^([0-9a-f]+)\r\n/i;

/** The data of chunks and how long they are in all; null: they are broken, or not all there. */
function chunksOf(text: string): { body: string; length: number } | null {
  let [body, at] = ['', 0];
  for (;;) {
    const [line = '', size = ''] = CHUNK.exec(text.slice(at)) ?? [];
    const from = at + line.length;
    const length = Number.parseInt(size, 16);
    if (length === 0) return { body, length: from + 2 };
    if (!(length > 0) || text.slice(from + length, from + length + 2) !== '\r\n') return null;
    body += text.slice(from, from + length);
    at = from + length + 2;
  }
}

/** The body at the start of a text and how long it is there; null: it is broken, or not all there. */
function bodyOf(text: string, fields: string, isEmpty: boolean): { body: string; length: number } | null {
  if (isEmpty) return { body: '', length: 0 };
  if (/^transfer-encoding: chunked\r$/im.test(fields)) return chunksOf(text);
  const length = Number(/^content-length: (\d+)\r$/im.exec(fields)?.[1] ?? text.length);
  return length > text.length ? null : { body: text.slice(0, length), length };
}

/** The final answers on a connection, to requests of these methods; what comes after a broken one does not count. */
export function answersIn(text: string, methods: readonly string[]): Answer[] {
  const found: Answer[] = [];
  for (let rest = text; ; ) {
    const [head, code, fields = ''] = HEAD.exec(rest) ?? [];
    if (head === undefined) return found;
    const status = Number(code);
    const isEmpty = status < 200 || status === 204 || status === 304 || methods[found.length] === 'HEAD';
    const read = bodyOf(rest.slice(head.length), fields, isEmpty);
    if (read === null) return found;
    if (status >= 200) found.push({ status, body: read.body });
    rest = rest.slice(head.length + read.length);
  }
}
