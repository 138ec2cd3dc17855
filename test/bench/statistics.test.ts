import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { formatSummary } from '../../bench/format.ts';
import { ratio, slope, summarize } from '../../bench/statistics.ts';

const test = suite('bench: statistics');

test('the median is the middle value, or the mean of the two middle ones', () => {
  assert.deepEqual(summarize([3, 1, 20]), { median: 3, min: 1, max: 20, rounds: 3 });
  assert.deepEqual(summarize([4, 1, 2, 30]), { median: 3, min: 1, max: 30, rounds: 4 });
  assert.deepEqual(summarize([7]), { median: 7, min: 7, max: 7, rounds: 1 });
});

test('a round that did not finish in time sorts after all others', () => {
  assert.deepEqual(summarize([null, 1, 2]), { median: 2, min: 1, max: null, rounds: 3 });
  assert.deepEqual(summarize([null, 1, null]), { median: null, min: 1, max: null, rounds: 3 });
  assert.deepEqual(summarize([1, 2, null, null]), { median: null, min: 1, max: null, rounds: 4 });
  assert.deepEqual(summarize([null]), { median: null, min: null, max: null, rounds: 1 });
});

test('without rounds a summary has no values', () =>
  assert.deepEqual(summarize([]), { median: null, min: null, max: null, rounds: 0 }));

test('a ratio is null when a value is unknown or the divisor is 0', () => {
  assert.equal(ratio(6, 4), 1.5);
  assert.equal(ratio(0, 4), 0);
  for (const [a, b] of [
    [null, 1],
    [1, null],
    [1, 0],
  ] as const)
    assert.equal(ratio(a, b), null);
});

test('a summary is formatted with its range, unless all rounds agree', () => {
  assert.equal(formatSummary(summarize([0, 0, 0])), '0');
  assert.equal(formatSummary(summarize([4.123, 3.9, 4.4])), '4.12 (3.9-4.4)');
  assert.equal(formatSummary(summarize([1, null, 2])), '2 (1-never)');
  assert.equal(formatSummary(summarize([null, null])), 'never');
});

test('the slope is that of the least-squares line', () => {
  assert.equal(
    slope([
      [10, 2],
      [50, 10],
      [210, 42],
    ]),
    0.2,
  );
  assert.equal(
    slope([
      [0, 0],
      [1, 3],
      [2, 0],
    ]),
    0,
  );
  assert.equal(slope([[1, 1]]), null);
});

test.run();
