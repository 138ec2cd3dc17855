import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { parseOptions } from '../../bench/options.ts';
import { ROWS } from '../../bench/results.ts';

const test = suite('bench: options');

test('all parts and five rounds, when nothing is said', () =>
  assert.deepEqual(parseOptions([]), { rows: [...ROWS], rounds: 5, peers: null, quick: false }));

test('parts, rounds and peers are chosen', () =>
  assert.deepEqual(parseOptions(['self', 'kills', '--rounds', '7', '--peers', 'uwsgi,poc']), {
    rows: ['kills', 'self'],
    rounds: 7,
    peers: ['uwsgi', 'poc'],
    quick: false,
  }));

test('a quick run has one round', () => assert.equal(parseOptions(['--quick']).rounds, 1));

test('what is not understood is told with the words to choose from', () => {
  assert.throws(() => parseOptions(['kill']), /kill: there is no such part; there are kills, hang/);
  assert.throws(() => parseOptions(['--rounds', 'x']), /--rounds x: give a number/);
  assert.throws(() => parseOptions(['--rounds', '0']), /--rounds 0: give a number/);
});

test.run();
