import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { environmentWarnings } from '../../../src/pool-file/warnings/environment.ts';

const test = suite('variables of workers');

const said = (value: string): string[] =>
  environmentWarnings({ service: [{ key: 'Environment', value, line: 4 }] }).map(
    ({ line, message }) => `${line}: ${message}`,
  );

/** A line of Environment=, and what is said of it. */
const CASES: [value: string, words: RegExp | null][] = [
  ['PORT=8080', /^4: Environment= sets PORT, which cgipool gives each worker/],
  ['LANG=C "SOCKET=/run/x" POOL=a', /sets SOCKET, POOL,/],
  ['MY_PORT=8080 PORTS=1', null],
  ['URL=postgres://u:p%%40ss@db/x', null],
  ['PASS=a%sb', /systemd replaces %s .*: write %%s/],
  ['PASS=a%%%sb', /systemd replaces %s/],
  ['NAME=%i DIR=%t/x KEY=%d/key HOST=%H', null],
];

for (const [value, words] of CASES)
  test(value, () => {
    const [first, ...more] = said(value);
    assert.deepEqual(more, []);
    if (words === null) assert.equal(first, undefined);
    else assert.match(first ?? '', words);
  });

test.run();
