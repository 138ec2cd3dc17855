import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { changeOf, freshValue } from '../../src/controller/observe/externals.ts';
import { scale } from '../plan/pools.ts';

const test = suite('Metric=');

const file = scale({ metric: { kind: 'file', path: '/srv/jobs' }, metricMaxAge: 60_000 });
const NOW = 1_000_000;
const aged = (age: number) => ({ number: { value: 7, modifiedAt: 0 }, changedAt: NOW - age });

test('the number of Metric=file: is valid until MetricMaxAge= after its last change', () => {
  assert.deepEqual(
    [0, 60_000, 60_001, 86_400_000].map(age => freshValue(aged(age), file, NOW)),
    [7, 7, null, null],
  );
  assert.equal(freshValue({ number: null, changedAt: 0 }, file, NOW), null);
});

/** The time of day when the monotonic clock was at 0. */
const EPOCH = 5_000_000;
const read = (modifiedAt: number) => ({ value: 7, modifiedAt });

test('a file is as old as its time says when it is first seen, and a time in the future is now', () => {
  const first = { number: null, changedAt: 0 };
  assert.equal(changeOf(read(EPOCH + NOW - 70_000), first, NOW, EPOCH), NOW - 70_000);
  assert.equal(changeOf(read(EPOCH + NOW + 86_400_000), first, NOW, EPOCH), NOW);
});

test('a clock that is set makes no number of a file older or newer', () => {
  const known = { number: read(EPOCH + NOW), changedAt: NOW };
  for (const leap of [-86_400_000, 86_400_000])
    assert.equal(changeOf(read(EPOCH + NOW), known, NOW + 1000, EPOCH + leap), NOW);
});

test('a number of Metric=exec:, or with MetricMaxAge=none, does not expire', () => {
  const old = aged(86_400_000);
  assert.equal(freshValue(old, { ...file, metricMaxAge: null }, NOW), 7);
  assert.equal(freshValue(old, scale({ metric: { kind: 'exec', command: '/bin/count' } }), NOW), 7);
});

test.run();
