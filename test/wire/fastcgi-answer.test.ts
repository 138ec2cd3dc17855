import assert from 'node:assert/strict';
import fc from 'fast-check';
import { suite } from 'uvu';
import { type FastcgiAnswer, readFastcgi } from '../../src/wire/fastcgi.ts';
import { runs } from '../fuzz.ts';
import { ended, hex, record, shown } from './bytes.ts';

const test = suite('FastCGI answer');

type Parsed = Omit<FastcgiAnswer, 'stdout'> & { stdout: string };

function read(...parts: Uint8Array[]): Parsed | string {
  const result = readFastcgi(Buffer.concat(parts));
  return result.ok ? { ...result.value, stdout: shown(result.value.stdout) } : result.error;
}

const answer = (stdout: string, end: FastcgiAnswer['end'] = null, stderr = ''): Parsed => ({
  stdout,
  stderr,
  end,
});
const DONE = { application: 0, protocol: 0 };

test('an answer in bytes of the specification is parsed', () => {
  const bytes = hex(`
    01 06 0001 0003 05 00  61620a 0000000000
    01 07 0001 0002 00 00  c3a9
    01 06 0001 0001 07 00  63 00000000000000
    01 06 0001 0000 00 00
    01 03 0001 0008 00 00  00000102 02 000000`);
  assert.deepEqual(read(bytes), answer('ab\nc', { application: 258, protocol: 2 }, 'é'));
});

test('an incomplete FastCGI answer is parsed as far as it has arrived', () => {
  const [out, end] = [record(6, 'abc', { padding: 2 }), record(3, ended())];
  const rows: [bytes: Uint8Array[], expected: Parsed | string][] = [
    [[], answer('')],
    [[out.subarray(0, 1)], answer('')],
    [[out.subarray(0, 7)], answer('')],
    [[out.subarray(0, 10)], answer('')],
    // all but padding
    [[out.subarray(0, 11)], answer('abc')],
    [[out, end.subarray(0, 15)], answer('abc')],
    [[out, end], answer('abc', DONE)],
    // nothing counts after the end
    [[out, end, record(6, 'late'), record(3, ended(2))], answer('abc', DONE)],
  ];
  for (const [bytes, expected] of rows) assert.deepEqual(read(...bytes), expected);
});

test('records of other requests, of the connection and of unknown types are skipped', () => {
  const others = [
    record(11, ended(), { id: 0 }),
    record(10, 'FCGI_MAX_CONNS', { id: 0 }),
    record(6, 'not mine', { id: 2 }),
    record(3, ended(2), { id: 257 }),
    record(99, 'unknown', { padding: 255 }),
  ];
  assert.deepEqual(read(record(6, 'a'), ...others, record(6, 'b'), record(3, ended())), answer('ab', DONE));
});

test('bytes that are not FastCGI are an error', () => {
  for (const text of ['HTTP/1.1 200 OK\r\n\r\n', 'S', '\0', '\x02\x06\0\x01\0\0\0\0'])
    assert.equal(read(Buffer.from(text)), 'the answer is not FastCGI');
  assert.equal(read(record(6, 'a'), record(6, 'b', { version: 2 })), 'the answer is not FastCGI');
  assert.match(`${read(record(3, 'short'))}`, /END_REQUEST is too short/);
});

const piece = fc.record({ type: fc.constantFrom(6, 7, 6, 99), text: fc.string({ maxLength: 20 }) });
const layout = fc.record({ id: fc.constantFrom(1, 1, 1, 0, 2), padding: fc.nat(255) });

test('streams are reassembled from any records, also from part of them', () => {
  const pieces = fc.array(fc.tuple(piece, layout), { maxLength: 20 });
  fc.assert(
    fc.property(pieces, fc.nat(), (parts, cut) => {
      const plain = parts.map(([{ type, text }, at]) => ({
        type,
        id: at.id,
        text: text.replace(/[^ -~]/g, '.'),
      }));
      const of = (type: number): string =>
        plain.flatMap(p => (p.type === type && p.id === 1 ? [p.text] : [])).join('');
      const records = plain.map((p, i) => record(p.type, p.text, parts[i]?.[1]));
      const whole = Buffer.concat([...records, record(3, ended(0, 7))]);
      assert.deepEqual(read(whole), answer(of(6), { application: 7, protocol: 0 }, of(7)));
      const early = read(whole.subarray(0, cut % whole.length));
      assert.ok(typeof early === 'object' && early.end === null);
      assert.ok(of(6).startsWith(early.stdout) && of(7).startsWith(early.stderr));
    }),
    runs(300),
  );
});

test.run();
