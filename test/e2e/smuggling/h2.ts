import type { Framing, Request } from './framing.ts';

type Field = readonly [name: string, value: string];

const bytes = (...numbers: number[]): string => String.fromCharCode(...numbers);

/** Type 0 is DATA, 1 HEADERS, 4 SETTINGS (RFC 9113, 6). */
const frame = (type: number, flags: number, stream: number, content: string): string =>
  bytes(0, content.length >> 8, content.length & 0xff, type, flags, 0, 0, 0, stream) + content;

const END_STREAM = 1;
const END_HEADERS = 4;

/** A text with its length, an integer with a prefix of seven bits (RFC 7541, 5.1). */
function sized(text: string): string {
  if (text.length < 127) return bytes(text.length) + text;
  const more = text.length - 127;
  return (more < 128 ? bytes(127, more) : bytes(127, 128 | (more & 127), more >> 7)) + text;
}

/** Fields as they are written, not in a table. */
const block = (fields: readonly Field[]): string =>
  fields.map(([name, value]) => `\0${sized(name)}${sized(value)}`).join('');

const START = `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${frame(4, 0, 0, '')}`;

const message = (fields: readonly Field[], body: string, trailers: readonly Field[]): string =>
  START +
  frame(1, END_HEADERS, 1, block(fields)) +
  frame(0, trailers.length > 0 ? 0 : END_STREAM, 1, body) +
  (trailers.length > 0 ? frame(1, END_HEADERS | END_STREAM, 1, block(trailers)) : '');

const pseudo = ({ method, path }: Request): Record<string, string> => ({
  ':method': method,
  ':scheme': 'https',
  ':path': path,
  ':authority': 'localhost',
});

const early = ({ hidden }: Request): string => `0\r\n\r\n${hidden}`;

/** A request in HTTP/2 with these fields; a body that would end early as chunks. */
const h2With = (
  name: string,
  fields: (request: Request) => readonly Field[],
  trailers: readonly Field[] = [],
): Framing => ({
  name: `HTTP/2: ${name}`,
  isTls: true,
  text: request =>
    message([...Object.entries(pseudo(request)), ...fields(request)], early(request), trailers),
});

/** A request in HTTP/2 with one of the first fields written otherwise. */
const first = (field: string, value: (request: Request) => string): Framing => ({
  name: `HTTP/2: ${field} that goes on`,
  isTls: true,
  text: request =>
    message(Object.entries({ ...pseudo(request), [field]: value(request) }), early(request), []),
});

/** A field, with the hidden request after a line break in it. */
const broken = ({ hidden }: Request): string => `x\r\n\r\n${hidden}`;

const one = (name: string, value: string): Framing => h2With(`${name}: ${value}`, () => [[name, value]]);

/** Requests that become unclear when nginx writes them as HTTP/1.1. */
export const h2: readonly Framing[] = [
  h2With('no length', () => []),
  h2With('the length', request => [['content-length', `${early(request).length}`]]),
  h2With('two lengths', request => [
    ['content-length', '5'],
    ['content-length', `${early(request).length}`],
  ]),
  ...['5', '999', '+5', '5, 5', '-1', ''].map(value => one('content-length', value)),
  ...['chunked', 'identity', 'xchunked'].map(value => one('transfer-encoding', value)),
  ...['transfer-encoding', 'upgrade', 'content-length'].map(value => one('connection', value)),
  ...[
    ['upgrade', 'h2c'],
    ['te', 'chunked'],
    ['expect', '100-continue'],
    ['host', 'other.example'],
    [':path', '/node/x'],
  ].map(([name = '', value = '']) => one(name, value)),
  h2With('a value that goes on', request => [['x', broken(request)]]),
  h2With('a value with LF', () => [['x', 'y\ntransfer-encoding: chunked']]),
  h2With('a value with CR', () => [['x', 'y\rtransfer-encoding: chunked']]),
  h2With('a value with NUL', () => [['x', 'y\0\r\ntransfer-encoding: chunked']]),
  h2With('a name that goes on', () => [['x: y\r\ntransfer-encoding', 'chunked']]),
  ...[
    'transfer-encoding ',
    'Transfer-Encoding',
    'transfer-encoding:',
    'transfer_encoding',
    ' transfer-encoding',
    '',
  ].map(name => one(name, 'chunked')),
  first(':path', request => `${request.path} HTTP/1.1\r\nHost: localhost\r\n\r\n${request.hidden}`),
  first(':path', request => `${request.path} HTTP/1.1`),
  first(':method', request => `${request.method} ${request.path} HTTP/1.1\r\nX: `),
  first(':authority', request => `localhost\r\n\r\n${request.hidden}`),
  first(':authority', request => `localhost:80 ${broken(request)}`),
  first(':scheme', request => `https://x${request.path} HTTP/1.1\r\nX: y`),
  h2With('trailers', () => [], [
    ['content-length', '5'],
    ['transfer-encoding', 'chunked'],
  ]),
];
