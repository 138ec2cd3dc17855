import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { parseEnvFile } from '../../../src/cli/describe/env-file.ts';

const test = suite('a file of EnvironmentFile=');

/* As systemd 252 reads them: test/e2e/describe.test.ts compares. */
const ROWS: [text: string, ...variables: [string, string][]][] = [
  ['A=1\nB=2', ['A', '1'], ['B', '2']],
  ['A=1\nA=2\n', ['A', '2']],
  ['  A = 1 2 \t\n', ['A', '1 2']],
  ['A=\nB=', ['A', ''], ['B', '']],
  ['# A=1\n; B=2\n#\\\nC=3\nD=4 # no comment\n', ['D', '4 # no comment']],
  ["A='1 2' '3'\n", ['A', '1 23']],
  ['A="1\n2"\nB=3', ['A', '1\n2'], ['B', '3']],
  ['A="\\"\\$\\n\\\\" \n', ['A', '"$\\n\\']],
  ["A='\\n'\n", ['A', '\\n']],
  ['A=a"b" \n', ['A', 'a"b"']],
  ['A="a"b\n', ['A', 'ab']],
  ['A=1\\\n2\\ \nB=\\n', ['A', '12 '], ['B', 'n']],
  ['export A=1\n1A=1\nA-B=1\n=1\nnothing\nC=p%40ss', ['C', 'p%40ss']],
  ['A="open\nB=1', ['A', 'open\nB=1']],
  ['A=1\r\nB=2\r\n', ['A', '1'], ['B', '2']],
];

for (const [text, ...variables] of ROWS)
  test(`${JSON.stringify(text)} sets what systemd sets`, () =>
    assert.deepEqual([...parseEnvFile(text)], variables));

test('a long line is read in time', () => {
  const began = performance.now();
  for (const part of [' ', '"a" ', "'", '\\', 'a ', '#'])
    parseEnvFile(`A=${part.repeat(200_000)}\n${part.repeat(200_000)}`);
  assert.ok(performance.now() - began < 2000);
});

test.run();
