import assert from 'node:assert/strict';
import fc from 'fast-check';
import { suite } from 'uvu';
import { uwsgi } from '../../src/wire/uwsgi.ts';
import { runs } from '../fuzz.ts';
import { hex } from './bytes.ts';
import { someVariables } from './variables.ts';

const test = suite('uwsgi request');

const encoded = (variables: Record<string, string>): Buffer => {
  const result = uwsgi(variables);
  return Buffer.from(result.ok ? result.value : assert.fail(result.error));
};

test('a uwsgi request has a header of four bytes and little-endian lengths', () => {
  const rows: [variables: Record<string, string>, bytes: string][] = [
    [{}, '00 0000 00'],
    [{ A: 'b', CD: '' }, '00 0c00 00  0100 41 0100 62  0200 4344 0000'],
    [{ É: 'é' }, '00 0800 00  0200 c389 0200 c3a9'],
    [{ A: 'x'.repeat(256) }, `00 0501 00  0100 41 0001 ${'78'.repeat(256)}`],
  ];
  for (const [variables, bytes] of rows) assert.deepEqual(encoded(variables), Buffer.from(hex(bytes)));
});

test('a uwsgi request holds 65,535 bytes of variables, and more are an error', () => {
  // the name and the two lengths take five
  assert.equal(encoded({ A: 'x'.repeat(65_530) }).length, 4 + 65_535);
  assert.deepEqual(uwsgi({ A: 'x'.repeat(65_531) }), {
    ok: false,
    error: "the request exceeds uwsgi's limit of 64 KiB: shorten Path=",
  });
});

/** Decodes a request like a worker. */
function decoded(bytes: Buffer): Record<string, string> {
  assert.deepEqual([bytes[0], bytes.readUInt16LE(1), bytes[3]], [0, bytes.length - 4, 0]);
  const texts: string[] = [];
  for (let at = 4; at < bytes.length; at += 2 + bytes.readUInt16LE(at))
    texts.push(bytes.toString('utf8', at + 2, at + 2 + bytes.readUInt16LE(at)));
  return Object.fromEntries(texts.flatMap((text, i) => (i % 2 ? [] : [[text, texts[i + 1] ?? '']])));
}

test('uwsgi variables decode to what was encoded', () => {
  fc.assert(
    fc.property(someVariables, variables => assert.deepEqual(decoded(encoded(variables)), variables)),
    runs(300),
  );
});

test.run();
