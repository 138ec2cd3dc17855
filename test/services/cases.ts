/** A request and the expected answer. In `send`, `W=` stands for the program's parameter, `WN` for its bare name. */
export interface Case {
  name: string;
  send: string;
  /** The final status, after a 100 if one is due. */
  status: number;
  /** The value of the query that the answer repeats. */
  echo?: string;
  isHead?: boolean;
  /** Whether the connection stays open afterwards. */
  stays?: boolean;
  /** A header of the answer. */
  header?: [name: string, value: string];
}

const HOST = 'Host: localhost\r\n';
const CLOSE = 'Connection: close\r\n';

const line = (first: string, fields = HOST + CLOSE): string => `${first}\r\n${fields}\r\n`;
const get = (target: string, fields = ''): string => line(`GET ${target} HTTP/1.1`, HOST + fields + CLOSE);

const echo = (name: string, value: string, expected: string): Case => ({
  name,
  send: get(`/?W=${value}`),
  status: 200,
  echo: expected,
});

const queries: Case[] = [
  echo('a word', 'lamp', 'lamp'),
  echo('an empty value', '', ''),
  echo('escapes and plus', '%41%20b+c%2B', 'A b c+'),
  echo('escapes in either case', '%c3%a9%C3%A9', 'éé'),
  echo('UTF-8 as it is', '\xc3\xa9', 'é'),
  echo('four bytes of UTF-8', '%F0%9F%8D%9E', '🍞'),
  echo('what JSON escapes', '%22%5C%2F%08%0C%0A%0D%09', '"\\/\b\f\n\r\t'),
  echo('NUL', 'a%00b', 'a\0b'),
  echo('control bytes', '%01%1F%7F', '\x01\x1f\x7f'),
  echo('no UTF-8 at all', '%FF', '\ufffd'),
  echo('an overlong form', 'x%C0%AFy', 'x\ufffdy'),
  echo('a surrogate', 'x%ED%A0%80y', 'x\ufffdy'),
  echo('beyond Unicode', 'x%F4%90%80%80y', 'x\ufffdy'),
  echo('a character that ends too early', 'x%E2%82', 'x\ufffd'),
  echo('an equals sign in the value', 'a=b', 'a=b'),
  echo('parameters around it', '1&delay=0&&burn=0&=&x', '1'),
  echo('the first of two', '1&W=2', '1'),
  { name: 'a name with a NUL is another one', send: get('/?WN%00=1'), status: 200, echo: '' },
  { name: 'no parameter', send: get('/'), status: 200, echo: '' },
  { name: 'an empty query', send: get('/?'), status: 200, echo: '' },
  { name: 'any path', send: get('/api/x%20y?W=1'), status: 200, echo: '1' },
  { name: 'the absolute form', send: get('http://example.org/a?W=1'), status: 200, echo: '1' },
  {
    name: 'the absolute form without a path',
    send: get('http://example.org?W=1/2'),
    status: 200,
    echo: '1/2',
  },
];

const requests: Case[] = [
  { name: 'HEAD', send: line('HEAD /?W=1 HTTP/1.1'), status: 200, isHead: true },
  { name: 'HEAD that is refused', send: line('HEAD /?W=%zz HTTP/1.1'), status: 400, isHead: true },
  { name: 'HTTP/1.1 stays', send: line('GET /?W=1 HTTP/1.1', HOST), status: 200, stays: true },
  { name: 'a later HTTP/1 stays', send: line('GET /?W=1 HTTP/1.9', HOST), status: 200, stays: true },
  { name: 'HTTP/1.0 closes, and needs no Host', send: line('GET /?W=1 HTTP/1.0', ''), status: 200 },
  {
    name: 'HTTP/1.0 with keep-alive stays, and the answer confirms it',
    send: line('GET /?W=1 HTTP/1.0', 'Connection: Keep-Alive\r\n'),
    status: 200,
    stays: true,
    header: ['connection', 'keep-alive'],
  },
  {
    name: 'close among other words, in any case',
    send: line('GET /?W=1 HTTP/1.1', `${HOST}Connection: x, Close\r\n`),
    status: 200,
  },
  {
    name: 'close outweighs keep-alive',
    send: line('GET /?W=1 HTTP/1.1', `${HOST}Connection: keep-alive\r\nConnection: close\r\n`),
    status: 200,
  },
  { name: 'empty lines before it', send: `\r\n\r\n${get('/?W=1')}`, status: 200, echo: '1' },
  { name: 'lines that end in LF', send: 'GET /?W=1 HTTP/1.0\n\n', status: 200, echo: '1' },
  { name: 'header values of any kind', send: get('/?W=1', 'A:\r\nB: \t c\t \r\nD: \xff\r\n'), status: 200 },
  {
    name: 'a body of GET is skipped',
    send: `${get('/?W=1', 'Content-Length: 5\r\n')}GET /`,
    status: 200,
  },
  { name: 'Content-Length: 0', send: get('/?W=1', 'Content-Length: 0\r\n'), status: 200 },
  { name: 'a line of nearly 8 KiB', send: get(`/?W=1&x=${'y'.repeat(8100)}`), status: 200, echo: '1' },
  { name: 'a header of nearly 16 KiB', send: get('/?W=1', `X: ${'y'.repeat(16_000)}\r\n`), status: 200 },
  {
    name: 'Expect: 100-continue with the body already there',
    send: `${get('/?W=1', 'Content-Length: 5\r\nExpect: 100-continue\r\n')}12345`,
    status: 200,
  },
];

const bad = (name: string, send: string): Case => ({ name, send, status: 400 });

const malformed: Case[] = [
  bad('% at the end', get('/?W=%')),
  bad('% and one digit', get('/?W=%4')),
  bad('% and no digits', get('/?W=%zz')),
  bad('% and one bad digit', get('/?W=%4g')),
  bad('a bad escape in a name', get('/?%=1')),
  bad('a bad escape in another parameter', get('/?W=1&x=%2')),
  bad('a bad escape in the path', get('/%zz?W=1')),
  bad('no request at all', '\x16\x03\x01\r\n\r\n'),
  bad('a method alone', 'GET\r\n\r\n'),
  bad('HTTP/0.9', 'GET /\r\n\r\n'),
  bad('no target', line('GET  HTTP/1.1')),
  bad('a space in the target', line('GET /a b HTTP/1.1')),
  bad('two spaces', line('GET  / HTTP/1.1')),
  bad('a space first', line(' GET / HTTP/1.1')),
  bad('a target without a slash', line('GET a HTTP/1.1')),
  bad('a NUL in the target', line('GET /\0 HTTP/1.1')),
  bad('a tab in the target', line('GET /\t HTTP/1.1')),
  bad('a CR in the target', line('GET /\r?W=1 HTTP/1.1')),
  bad('a method with a bad character', line('G(T / HTTP/1.1')),
  bad('http in lower case', line('GET / http/1.1')),
  bad('a version without a dot', line('GET / HTTP/11')),
  bad('a version of two digits', line('GET / HTTP/1.10')),
  bad('a header without a colon', get('/', 'Nonsense\r\n')),
  bad('a header without a name', get('/', ': x\r\n')),
  bad('a space before the colon', get('/', 'Content-Length : 5\r\n')),
  bad('a folded header', get('/', 'A: b\r\n c\r\n')),
  bad('a NUL in a header', get('/', 'A: b\0c\r\n')),
  bad('a NUL in the name of a header', get('/', 'A\0: b\r\n')),
  bad('a CR in a header', get('/', 'A: b\rc\r\n')),
  bad('no Host', line('GET / HTTP/1.1', CLOSE)),
  bad('two Hosts', get('/', HOST)),
];

const framing: Case[] = [
  ...['x', '-1', '+1', '', '5, 5', '5 5', '0x5', '1.0'].map(value =>
    bad(`Content-Length: ${value || 'nothing'}`, get('/', `Content-Length: ${value}\r\n`)),
  ),
  bad('Content-Length twice', get('/', 'Content-Length: 5\r\nContent-Length: 6\r\n')),
  bad('Content-Length twice the same', get('/', 'Content-Length: 0\r\nContent-Length: 0\r\n')),
  bad(
    'Content-Length and Transfer-Encoding',
    get('/', 'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n'),
  ),
  { name: 'chunked', send: `${get('/', 'Transfer-Encoding: chunked\r\n')}0\r\n\r\n`, status: 411 },
  { name: 'another coding', send: get('/', 'Transfer-Encoding: gzip, chunked\r\n'), status: 501 },
  { name: 'a body of 2 MiB', send: get('/', 'Content-Length: 2097152\r\n'), status: 413 },
  { name: 'a body of 10^30', send: get('/', `Content-Length: 1${'0'.repeat(30)}\r\n`), status: 413 },
];

const refused: Case[] = [
  ...['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'].map(
    (method): Case => ({
      name: method,
      send: line(`${method} /?W=1 HTTP/1.1`),
      status: 405,
      header: ['allow', 'GET, HEAD'],
    }),
  ),
  { name: 'OPTIONS *', send: line('OPTIONS * HTTP/1.1'), status: 405, header: ['allow', 'GET, HEAD'] },
  {
    name: 'a refused method whose body is never asked for',
    send: line('POST / HTTP/1.1', `${HOST}Content-Length: 5\r\nExpect: 100-continue\r\n`),
    status: 405,
  },
  { name: 'an unknown method', send: line('BREW / HTTP/1.1'), status: 501 },
  { name: 'a method in lower case', send: line('get / HTTP/1.1'), status: 501 },
  { name: 'HTTP/2.0', send: line('GET / HTTP/2.0'), status: 505 },
  { name: "HTTP/2's greeting", send: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', status: 505 },
  { name: 'a line over 8 KiB', send: get(`/?W=${'y'.repeat(8200)}`), status: 414 },
  { name: 'a line that never ends', send: `GET /${'y'.repeat(30_000)}`, status: 414 },
  { name: 'a header line over 16 KiB', send: get('/', `X: ${'y'.repeat(17_000)}\r\n`), status: 431 },
  { name: 'header lines over 16 KiB', send: get('/', 'X: 0123456789\r\n'.repeat(1200)), status: 431 },
];

/** Requests with one write and one answer. */
export const cases: readonly Case[] = [...queries, ...requests, ...malformed, ...framing, ...refused];

/** The request of a case for a program with this parameter. */
export const textOf = ({ send }: Case, parameter: string): string =>
  send.replaceAll('W=', `${parameter}=`).replaceAll('WN', parameter);
