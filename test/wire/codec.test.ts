import assert from 'node:assert/strict';
import fc from 'fast-check';
import { suite } from 'uvu';
import { type Answer, readAnswer } from '../../src/wire/codec.ts';
import type { WireProtocol } from '../../src/wire/request.ts';
import { runs } from '../fuzz.ts';
import { ended, letters, record } from './bytes.ts';

const test = suite('answer');

type RequestStats = [status: number, body: string, stderr: string] | null | string;

function read(protocol: WireProtocol, bytes: Uint8Array, isOver: boolean): RequestStats {
  const result = readAnswer(protocol, bytes, isOver);
  if (!result.ok) return result.error;
  const tuple = ({ status, body, stderr }: Answer): RequestStats => [status, body, stderr];
  return result.value && tuple(result.value);
}

const fastcgi = (isOver: boolean, ...records: Uint8Array[]): RequestStats =>
  read('fastcgi', Buffer.concat(records), isOver);

const [OUT, END] = [record(6, 'A: b\r\n\r\n\xc3\xa9'), record(3, ended())];

test('a plain answer is whole by its own account, or when the connection ends', () => {
  for (const protocol of ['scgi', 'uwsgi'] as const) {
    const both = (text: string): RequestStats[] =>
      [false, true].map(isOver => read(protocol, letters(text), isOver));
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

test('an answer of FastCGI is whole when its request has ended', () => {
  assert.deepEqual(fastcgi(false, OUT, END), [200, 'é', '']);
  assert.equal(fastcgi(false, OUT), null);
  assert.equal(fastcgi(true, OUT), null);
  assert.equal(fastcgi(true), null);
  assert.equal(fastcgi(false, letters('HTTP/1.1 200')), 'its answer is no FastCGI');
  assert.deepEqual(fastcgi(false, record(6, 'Stat'), record(6, 'us: 404\n\n'), END), [404, '', '']);
});

test('what a FastCGI worker says instead of an answer', () => {
  const rows: [expected: string, ...records: Uint8Array[]][] = [
    ['its answer is empty', END],
    ['its answer is empty (exit status 3)', record(3, ended(0, 3))],
    ['its answer is empty, and on stderr: oh no', record(7, 'oh\n\tno\n'), END],
    ['its answer is empty (exit status 1), and on stderr: oh', record(7, 'oh'), record(3, ended(0, 1))],
    ['its answer ends too early', record(6, 'A: b\r\n'), END],
    ['its answer ends too early', record(6, 'Content-Length: 2\n\na'), END],
    ['its answer ends too early, and on stderr: oh', record(6, 'A: b\r\n'), record(7, 'oh'), END],
    ['the worker refuses the request: it takes no second one on a connection', record(3, ended(1))],
    ['the worker refuses the request: it is overloaded', record(3, ended(2))],
    ['the worker refuses the request: it is no responder of FastCGI', record(3, ended(3))],
    ['the worker refuses the request: protocol status 9', OUT, record(3, ended(9))],
    ['its answer is no CGI: it begins with no header lines', record(6, 'hello\nworld'), END],
  ];
  for (const [expected, ...records] of rows) assert.equal(fastcgi(false, ...records), expected);
  assert.equal(
    fastcgi(true, OUT, record(7, 'dying')),
    'the connection was closed amid its answer, and on stderr: dying',
  );
});

test("a worker's error text is one line of some length", () => {
  const said = `${fastcgi(false, record(7, `\x1b[31m${'é\n'.repeat(1000)}`), END)}`;
  assert.ok(said.length < 300, said);
  assert.doesNotMatch(said, /\p{Cc}/u);
});

/** Bytes that come far into the readers, and any. */
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
const some = fc.array(fc.oneof(piece, aRecord), { maxLength: 12 }).map(parts => letters(parts.join('')));

test('any bytes are an answer, none, or the beginning of one, and never thrown at', () => {
  const protocols = fc.constantFrom<WireProtocol>('fastcgi', 'scgi', 'uwsgi');
  fc.assert(
    fc.property(protocols, some, (protocol, bytes) => {
      const early = readAnswer(protocol, bytes, false);
      const late = readAnswer(protocol, bytes, true);
      // what was decided stays so
      if (!early.ok || early.value) assert.deepEqual(late, early);
    }),
    runs(1000),
  );
});

test('what has been decided, later bytes do not change', () => {
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
