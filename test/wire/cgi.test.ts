import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { type CgiAnswer, readCgi } from '../../src/wire/cgi.ts';
import { growth, LINEAR } from '../growth.ts';
import { bytesOf, shown } from './bytes.ts';

const test = suite('CGI answer');

type Parsed = [status: number, body: string, rest: CgiAnswer['rest']] | null | string;

function read(text: string): Parsed {
  const result = readCgi(bytesOf(text));
  if (!result.ok) return result.error;
  return result.value && [result.value.status, shown(result.value.body), result.value.rest];
}

const all = (rows: [text: string, expected: Parsed][]): void => {
  for (const [text, expected] of rows) assert.deepEqual(read(text), expected, JSON.stringify(text));
};

const NO_CGI = 'the answer is not CGI: it does not begin with header lines';
const BAD_STATUS = 'its Status: is not an HTTP status';
const BAD_LENGTH = 'its Content-Length: is not a number';

test('the status of an answer comes from the status line, Status: or Location:', () => {
  const rest = 'until the end';
  all([
    ['Content-Type: a\r\n\r\nb', [200, 'b', rest]],
    ['Status: 404 Not Found\r\nA: b\r\n\r\n', [404, '', rest]],
    ['A: b\r\nstatus:503\r\n\r\n', [503, '', rest]],
    ['Location: /a\r\n\r\n', [302, '', rest]],
    ['Location: http://a/\r\nStatus: 201 Created\r\n\r\n', [201, '', rest]],
    ['HTTP/1.1 500 Oh no\r\nA: b\r\n\r\nc', [500, 'c', rest]],
    ['HTTP/1.0 404\r\n\r\nc', [404, 'c', rest]],
    ['HTTP/1.1 500 A\r\nStatus: 200\r\nLocation: b\r\n\r\n', [500, '', rest]],
    ['\r\nbody', [200, 'body', rest]],
    ['Status: ok\r\n\r\n', BAD_STATUS],
    ['Status: 2000\r\n\r\n', BAD_STATUS],
    ['Status: 600\r\n\r\n', BAD_STATUS],
  ]);
});

test('header lines may end in LF or CRLF, be folded, and have spaces around values', () => {
  const rest = 'until the end';
  all([
    ['A: b\nStatus: 404\n\n\nbody\r\n', [404, '\nbody\r\n', rest]],
    ['A: b\r\nStatus: 404\n\r\nbody', [404, 'body', rest]],
    ['A: b\nStatus \t:  404  \r\n\nbody', [404, 'body', rest]],
    ['A: b\r\n c: d\r\nStatus: 404\r\n\r\n', [404, '', rest]],
    ['A:\r\n\r\n\r\n\r\n', [200, '\r\n\r\n', rest]],
    ['A: \xe9\x80\r\n\r\n\xe9\x80', [200, '\xe9\x80', rest]],
  ]);
});

test('an unfinished head is undecided, an invalid one is an error', () => {
  all([
    ['', null],
    ['A', null],
    ['HTTP/1.1 2', null],
    ['A: b\r\n', null],
    ['A: b\r\n\r', null],
    ['SSH-2.0-OpenSSH_9.2', null],
    ['SSH-2.0-OpenSSH_9.2\r\n', NO_CGI],
    ['HTTP/1.1 OK\r\n', NO_CGI],
    ['A: b\nHTTP/1.1 200 OK\r\n', NO_CGI],
    ['A: b\r\nnonsense\r\n\r\n', NO_CGI],
    [': b\r\n\r\n', NO_CGI],
    ['A b: c\r\n\r\n', NO_CGI],
    ['A: b\0\r\n\r\n', NO_CGI],
  ]);
});

const sized = (length: string, body: string): string => `Content-Length: ${length}\r\n\r\n${body}`;

test('a body ends at its Content-Length, and is empty with 204 and 304', () => {
  all([
    [sized('3', 'abc'), [200, 'abc', 'none']],
    [sized('3', 'ab'), [200, 'ab', 'some']],
    [sized('3', 'abcd'), [200, 'abc', 'none']],
    [sized('0', ''), [200, '', 'none']],
    [sized('-1', ''), BAD_LENGTH],
    [sized('9'.repeat(16), ''), BAD_LENGTH],
    ['Status: 204 No Content\r\nContent-Length: 3\r\n\r\n', [204, '', 'none']],
    ['HTTP/1.1 304 Not Modified\r\n\r\n', [304, '', 'none']],
  ]);
});

const chunked = (body: string): string =>
  `HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n${body}`;

test('a chunked body is decoded, complete or not, and a malformed one is an error', () => {
  all([
    [chunked('3\r\nabc\r\n0\r\n\r\n'), [200, 'abc', 'none']],
    [chunked('3\nabc\n0\n\n'), [200, 'abc', 'none']],
    [chunked('1\r\na\r\n0B;x="y"\r\nbcdefghijkl\r\n000\r\n\r\n'), [200, 'abcdefghijkl', 'none']],
    [chunked('3\r\n0\r\n\r\n0\r\nTrailer: a\r\n\r\n'), [200, '0\r\n', 'none']],
    [chunked('0\r\n\r\nmore'), [200, '', 'none']],
    ...['', '3', '3\r', '3\r\n'].map((part): [string, Parsed] => [chunked(part), [200, '', 'some']]),
    [chunked('3\r\nab'), [200, 'ab', 'some']],
    ...['', '\r', '\r\n', '\r\n0', '\r\n0\r\n', '\r\n0\r\nTrailer: a\r\n'].map((part): [string, Parsed] => [
      chunked(`3\r\nabc${part}`),
      [200, 'abc', 'some'],
    ]),
    ...['x\r\nabc', '3\r\nabcd\r\n0\r\n\r\n', '\r\n', '-3\r\n', '12345678\r\n', '3 3\r\n'].map(
      (part): [string, Parsed] => [chunked(part), 'its chunked body is malformed: a chunk has no size'],
    ),
  ]);
});

test('parsing a CGI answer takes time linear in its length', () => {
  const rows: ((size: number) => string)[] = [
    size => 'x'.repeat(size),
    size => `A: ${' \t'.repeat(size / 2)}b\r\n\r\n`,
    size => `A${' \t'.repeat(size / 2)}b\r\n\r\n`,
    size => 'A: b\r\n'.repeat(size / 6),
    size => `Transfer-Encoding: ${',  '.repeat(size / 3)}x\r\n\r\n`,
    size => chunked('1\r\na\r\n'.repeat(size / 6)),
    size => chunked(`0\r\n${'a: b\r\n'.repeat(size / 6)}`),
    size => chunked(`3;${'x'.repeat(size)}`),
  ];
  for (const text of rows) {
    const times = growth(size => readCgi(bytesOf(text(size))), 32_768);
    assert.ok(times < LINEAR, `${text(6)}: ${times} times as long for four times the length`);
  }
});

test.run();
