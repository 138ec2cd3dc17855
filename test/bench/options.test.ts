import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { parseOptions } from '../../bench/options.ts';
import { ROWS } from '../../bench/results.ts';

const test = suite('bench: options');

test('without options the benchmark runs all rows with five rounds', () =>
  assert.deepEqual(parseOptions([]), { rows: [...ROWS], rounds: 5, peers: null, quick: false }));

test('rows, rounds and peers can be chosen', () =>
  assert.deepEqual(parseOptions(['self', 'kills', '--rounds', '7', '--peers', 'uwsgi,poc']), {
    rows: ['kills', 'self'],
    rounds: 7,
    peers: ['uwsgi', 'poc'],
    quick: false,
  }));

test('--quick runs one round', () => assert.equal(parseOptions(['--quick']).rounds, 1));

test('an unknown row or a wrong number of rounds is an error that names the choices', () => {
  assert.throws(() => parseOptions(['kill']), /kill: unknown row; choose from kills, hang/);
  assert.throws(() => parseOptions(['--rounds', 'x']), /--rounds x: use a number/);
  assert.throws(() => parseOptions(['--rounds', '0']), /--rounds 0: use a number/);
});

test.run();
