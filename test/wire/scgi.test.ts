import assert from 'node:assert/strict';
import fc from 'fast-check';
import { suite } from 'uvu';
import { scgi } from '../../src/wire/scgi.ts';
import { runs } from '../fuzz.ts';
import { shown } from './bytes.ts';
import { someVariables } from './variables.ts';

const test = suite('SCGI request');

test('an SCGI request is a netstring of names and values, each terminated by NUL', () => {
  const rows: [variables: Record<string, string>, bytes: string][] = [
    [{}, '0:,'],
    [{ CONTENT_LENGTH: '0', SCGI: '1' }, '24:CONTENT_LENGTH\x000\x00SCGI\x001\x00,'],
    [{ A: '', B: 'é' }, '8:A\x00\x00B\x00\xc3\xa9\x00,'],
  ];
  for (const [variables, bytes] of rows) assert.equal(shown(scgi(variables)), bytes);
});

/** Decodes a request like a worker. */
function decoded(bytes: Uint8Array): Record<string, string> {
  const [, length = '', rest = ''] = /^(\d+):(.*)$/s.exec(shown(bytes)) ?? [];
  assert.equal(rest.length, Number(length) + 1);
  assert.equal(rest.at(-1), ',');
  const parts = Buffer.from(rest.slice(0, -1), 'latin1').toString('utf8').split('\0');
  assert.equal(parts.pop(), '');
  return Object.fromEntries(parts.flatMap((part, i) => (i % 2 ? [] : [[part, parts[i + 1] ?? '']])));
}

test('SCGI variables decode to what was encoded', () => {
  fc.assert(
    fc.property(someVariables, variables => assert.deepEqual(decoded(scgi(variables)), variables)),
    runs(300),
  );
});

test.run();
