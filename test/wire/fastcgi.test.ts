import assert from 'node:assert/strict';
import fc from 'fast-check';
import { suite } from 'uvu';
import { fastcgi } from '../../src/wire/fastcgi.ts';
import { runs } from '../fuzz.ts';
import { hex } from './bytes.ts';
import { someVariables } from './variables.ts';

const test = suite('FastCGI request');

const BEGIN = '01 01 0001 0008 00 00  0001 00 0000000000';
const END = '01 04 0001 0000 00 00  01 05 0001 0000 00 00';

test('a FastCGI request begins, sends its variables, and ends both streams', () => {
  const rows: [variables: Record<string, string>, params: string][] = [
    [{}, ''],
    [{ A: 'b', CD: '' }, '01 04 0001 0008 00 00  01 01 41 62  02 00 4344'],
    [{ É: 'é' }, '01 04 0001 0006 00 00  02 02 c389 c3a9'],
    [{ A: 'x'.repeat(127) }, `01 04 0001 0082 00 00  01 7f 41 ${'78'.repeat(127)}`],
    [{ A: 'x'.repeat(128) }, `01 04 0001 0086 00 00  01 80000080 41 ${'78'.repeat(128)}`],
    [{ A: 'x'.repeat(0x1234) }, `01 04 0001 123a 00 00  01 80001234 41 ${'78'.repeat(0x1234)}`],
  ];
  for (const [variables, params] of rows) assert.deepEqual(fastcgi(variables), hex(BEGIN + params + END));
});

interface RecordHeader {
  type: number;
  length: number;
}

/** Decodes a request like a worker: the headers of its records, and its variables. */
function decoded(bytes: Buffer): { records: RecordHeader[]; variables: Record<string, string> } {
  const records: RecordHeader[] = [];
  let params = Buffer.alloc(0);
  for (let at = 0; at < bytes.length; ) {
    const [type = 0, length] = [bytes[at + 1], bytes.readUInt16BE(at + 4)];
    assert.deepEqual([bytes[at], bytes.readUInt16BE(at + 2), bytes[at + 6]], [1, 1, 0]);
    if (type === 4) params = Buffer.concat([params, bytes.subarray(at + 8, at + 8 + length)]);
    records.push({ type, length });
    at += 8 + length;
  }
  return { records, variables: pairsOf(params) };
}

function pairsOf(params: Buffer): Record<string, string> {
  const found: Record<string, string> = {};
  let at = 0;
  const size = (): number => {
    const isLong = (params[at] ?? 0) > 127;
    const length = isLong ? params.readUInt32BE(at) % 2 ** 31 : params.readUInt8(at);
    at += isLong ? 4 : 1;
    return length;
  };
  const text = (length: number): string => {
    at += length;
    return params.toString('utf8', at - length, at);
  };
  while (at < params.length) {
    const [name, value] = [size(), size()];
    found[text(name)] = text(value);
  }
  return found;
}

test('FastCGI variables decode to what was encoded', () => {
  fc.assert(
    fc.property(someVariables, variables =>
      assert.deepEqual(decoded(Buffer.from(fastcgi(variables))).variables, variables),
    ),
    runs(300),
  );
});

test('FastCGI variables longer than 65,535 bytes are split into several records', () => {
  const variables = { A: 'x'.repeat(65_535), B: 'y'.repeat(70_000) };
  const { records, variables: found } = decoded(Buffer.from(fastcgi(variables)));
  assert.deepEqual(found, variables);
  assert.deepEqual(
    records.map(r => r.length),
    // each pair has one byte of name, and five of lengths
    [8, 65_535, 65_535, 65_541 + 70_006 - 2 * 65_535, 0, 0],
  );
  const exact = decoded(Buffer.from(fastcgi({ A: 'x'.repeat(65_529) })));
  assert.deepEqual(
    exact.records.map(r => r.length),
    [8, 65_535, 0, 0],
  );
});

test.run();
