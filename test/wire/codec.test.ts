import assert from 'node:assert/strict';
import fc from 'fast-check';
import { suite } from 'uvu';
import { type Answer, readAnswer } from '../../src/wire/codec.ts';
import type { WireProtocol } from '../../src/wire/request.ts';
import { runs } from '../fuzz.ts';
import { bytesOf, ended, record } from './bytes.ts';

const test = suite('worker answer');

type Parsed = [status: number, body: string, stderr: string] | null | string;

function read(protocol: WireProtocol, bytes: Uint8Array, isOver: boolean): Parsed {
  const result = readAnswer(protocol, bytes, isOver);
  if (!result.ok) return result.error;
  const tuple = ({ status, body, stderr }: Answer): Parsed => [status, body, stderr];
  return result.value && tuple(result.value);
}

const fastcgi = (isOver: boolean, ...records: Uint8Array[]): Parsed =>
  read('fastcgi', Buffer.concat(records), isOver);

const [OUT, END] = [record(6, 'A: b\r\n\r\n\xc3\xa9'), record(3, ended())];

test('an SCGI or uwsgi answer is complete at its Content-Length, or when the connection ends', () => {
  for (const protocol of ['scgi', 'uwsgi'] as const) {
    const both = (text: string): Parsed[] =>
      [false, true].map(isOver => read(protocol, bytesOf(text), isOver));
    assert.deepEqual(both('A: b\r\n\r\n\xc3\xa9'), [null, [200, 'é', '']]);
    assert.deepEqual(both('Content-Length: 1\r\n\r\na'), [
      [200, 'a', ''],
      [200, 'a', ''],
    ]);
    assert.deepEqual(both('Content-Length: 2\r\n\r\na'), [null, null]);
    assert.deepEqual(both('A: b\r\n'), [null, null]);
    assert.deepEqual(both(''), [null, null]);
  }
});

test('a FastCGI answer is complete at END_REQUEST', () => {
  assert.deepEqual(fastcgi(false, OUT, END), [200, 'é', '']);
  assert.equal(fastcgi(false, OUT), null);
  assert.equal(fastcgi(true, OUT), null);
  assert.equal(fastcgi(true), null);
  assert.equal(fastcgi(false, bytesOf('HTTP/1.1 200')), 'the answer is not FastCGI');
  assert.deepEqual(fastcgi(false, record(6, 'Stat'), record(6, 'us: 404\n\n'), END), [404, '', '']);
});

test('errors of a FastCGI worker are explained, with its stderr', () => {
  const rows: [expected: string, ...records: Uint8Array[]][] = [
    ['the answer is empty', END],
    ['the answer is empty (exit status 3)', record(3, ended(0, 3))],
    ['the answer is empty; stderr: oh no', record(7, 'oh\n\tno\n'), END],
    ['the answer is empty (exit status 1); stderr: oh', record(7, 'oh'), record(3, ended(0, 1))],
    ['the answer is incomplete', record(6, 'A: b\r\n'), END],
    ['the answer is incomplete', record(6, 'Content-Length: 2\n\na'), END],
    ['the answer is incomplete; stderr: oh', record(6, 'A: b\r\n'), record(7, 'oh'), END],
    ['the worker rejected the request: it cannot multiplex a connection', record(3, ended(1))],
    ['the worker rejected the request: it is overloaded', record(3, ended(2))],
    ['the worker rejected the request: it is not a FastCGI responder', record(3, ended(3))],
    ['the worker rejected the request: protocol status 9', OUT, record(3, ended(9))],
    ['the answer is not CGI: it does not begin with header lines', record(6, 'hello\nworld'), END],
  ];
  for (const [expected, ...records] of rows) assert.equal(fastcgi(false, ...records), expected);
  assert.equal(
    fastcgi(true, OUT, record(7, 'dying')),
    'the connection was closed in the middle of the answer; stderr: dying',
  );
});

test("a worker's stderr is quoted on one line, without control characters, and cut", () => {
  const error = `${fastcgi(false, record(7, `\x1b[31m${'é\n'.repeat(1000)}`), END)}`;
  assert.ok(error.length < 300, error);
  assert.doesNotMatch(error, /\p{Cc}/u);
});

/** Bytes that get far into the parsers, and random ones. */
const piece = fc.oneof(
  fc.constantFrom(
    '\r\n',
    '\n\n',
    'A: b\r\n',
    'Status: 200\n',
    'Transfer-Encoding: chunked\n\n',
    '3\r\nabc',
    '0\r\n',
  ),
  fc.constantFrom('HTTP/1.1 200 OK\r\n', 'Content-Length: 3\r\n\r\n'),
  fc.uint8Array({ maxLength: 12 }).map(bytes => Buffer.from(bytes).toString('latin1')),
);
const aRecord = fc
  .tuple(fc.nat(12), fc.array(piece, { maxLength: 6 }), fc.nat(3), fc.nat(9))
  .map(([type, text, id, padding]) => record(type, text.join(''), { id, padding }).toString('latin1'));
const some = fc.array(fc.oneof(piece, aRecord), { maxLength: 12 }).map(parts => bytesOf(parts.join('')));

test('parsing any bytes never throws, and the end of the connection does not change a decided answer', () => {
  const protocols = fc.constantFrom<WireProtocol>('fastcgi', 'scgi', 'uwsgi');
  fc.assert(
    fc.property(protocols, some, (protocol, bytes) => {
      const early = readAnswer(protocol, bytes, false);
      const late = readAnswer(protocol, bytes, true);
      if (!early.ok || early.value) assert.deepEqual(late, early);
    }),
    runs(1000),
  );
});

test('later bytes do not change a decided answer', () => {
  const protocols = fc.constantFrom<WireProtocol>('fastcgi', 'scgi', 'uwsgi');
  fc.assert(
    fc.property(protocols, some, fc.nat(), (protocol, bytes, cut) => {
      const early = readAnswer(protocol, bytes.subarray(0, cut % (bytes.length + 1)), false);
      if (early.ok && early.value) assert.deepEqual(readAnswer(protocol, bytes, false), early);
      if (!early.ok) assert.ok(!readAnswer(protocol, bytes, false).ok);
    }),
    runs(1000),
  );
});

test.run();
