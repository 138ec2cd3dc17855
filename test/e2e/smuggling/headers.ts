import { CHUNKED, type Framing, fields } from './framing.ts';

/** What a lax reader takes for the length. */
const LENGTHS: readonly string[] = [
  ...['+LENGTH', '-LENGTH', 'LENGTH abc', 'LENGTH;', 'LENGTH, LENGTH', 'SHORT, LENGTH', '0xLENGTH'],
  ...['LENGTH.0', '1e2', '', '000LENGTH', '\tLENGTH', 'LENGTH\t', '\x0bLENGTH', 'LENGTH\0'],
  // 5 after an overflow of 64 bits, and the largest of them
  ...['18446744073709551621', '9223372036854775807'],
];

/** What a lax reader takes for chunked. */
const CODINGS: readonly string[] = [
  ...['Chunked', 'CHUNKED', 'xchunked', 'chunkedx', '"chunked"', 'chunked, identity', 'identity, chunked'],
  ...[
    'gzip, chunked',
    'chunked, chunked',
    'chunked;q=1',
    '\x0bchunked',
    '\tchunked',
    'chunked\t',
    ',chunked',
  ],
  ...['identity', '', 'chunked\xa0', 'chunked\0', 'chun ked'],
];

/** What a lax reader takes for Transfer-Encoding: chunked. */
const SPELLINGS: readonly string[] = [
  ...['Transfer-Encoding : chunked', 'Transfer-Encoding\t: chunked', 'Transfer_Encoding: chunked'],
  ...['Transfer-Encoding\0: chunked', 'Transfer-Encoding:\r\n chunked', 'Transfer-Encoding:\n chunked'],
  ...['X: y\nTransfer-Encoding: chunked', 'X: y\rTransfer-Encoding: chunked', ' Transfer-Encoding: chunked'],
  ...['X: y\r\n\tTransfer-Encoding: chunked', 'Transfer-Encoding chunked', 'transfer-encoding:chunked'],
  ...[
    '\rTransfer-Encoding: chunked',
    'X: y\0\r\nTransfer-Encoding: chunked',
    '\xe9: x\nTransfer-Encoding: chunked',
  ],
];

const LENGTH = 'Content-Length: LENGTH';
const SHORT = 'Content-Length: SHORT';

const two: Framing[] = [
  fields('a length and chunks', LENGTH, CHUNKED),
  fields('a short length and chunks', SHORT, CHUNKED),
  fields('chunks and a length', CHUNKED, LENGTH),
  fields('two lengths, the first short', SHORT, LENGTH),
  fields('two lengths, the second short', LENGTH, SHORT),
  fields('the same length twice', LENGTH, LENGTH),
  fields('two codings', CHUNKED, 'Transfer-Encoding: identity'),
  fields('two codings, the second chunked', 'Transfer-Encoding: identity', CHUNKED),
  fields('a folded length', 'Content-Length:\r\n LENGTH'),
  fields('a space before the colon of a length', 'Content-Length : LENGTH'),
  fields('an underscore in a length', 'Content_Length: LENGTH', SHORT),
];

const UPGRADE = 'Connection: Upgrade';

const about: Framing[] = [
  fields('the hidden request in the body', LENGTH),
  fields('no length at all'),
  fields('a body that breaks off', 'Content-Length: 9LENGTH'),
  fields('Connection names the length', LENGTH, 'Connection: content-length'),
  fields('Connection names the coding', CHUNKED, 'Connection: close, transfer-encoding'),
  fields('Connection names the host', LENGTH, 'Connection: keep-alive, host'),
  fields(
    'an upgrade to h2c',
    'Upgrade: h2c',
    `${UPGRADE}, HTTP2-Settings`,
    'HTTP2-Settings: AAMAAABk',
    LENGTH,
  ),
  fields('an upgrade to WebSocket', 'Upgrade: websocket', UPGRADE, LENGTH),
  fields('an upgrade to WebSocket without a length', 'Upgrade: websocket', UPGRADE),
  fields('an upgrade to WebSocket and h2c', 'Upgrade: websocket, h2c', UPGRADE, LENGTH),
  fields('an expectation', 'Expect: 100-continue', LENGTH),
  fields('an expectation of chunks', 'Expect: 100-continue', CHUNKED),
  fields('an unknown expectation', 'Expect: 100-continue, x', LENGTH),
  fields('a second host with a line break', LENGTH, 'Host: localhost:80\rX: y'),
  fields('trailers announced', CHUNKED, 'Trailer: Content-Length', 'TE: trailers'),
];

/** Unclear header lines. */
export const headers: readonly Framing[] = [
  ...two,
  ...LENGTHS.map(text => fields(`length ${JSON.stringify(text)}`, `Content-Length: ${text}`)),
  ...CODINGS.map(text => fields(`coding ${JSON.stringify(text)}`, `Transfer-Encoding: ${text}`)),
  ...CODINGS.map(text =>
    fields(`a length, coding ${JSON.stringify(text)}`, LENGTH, `Transfer-Encoding: ${text}`),
  ),
  ...SPELLINGS.map(line => fields(`a length, ${JSON.stringify(line)}`, LENGTH, line)),
  ...about,
];
