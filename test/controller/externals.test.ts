import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { freshValue } from '../../src/controller/observe/externals.ts';
import { scale } from '../plan/pools.ts';

const test = suite('Metric=');

const file = scale({ metric: { kind: 'file', path: '/srv/jobs' }, metricMaxAge: 60_000 });
const NOW = 1_000_000;
const aged = (age: number) => ({ value: 7, modifiedAt: NOW - age });

test('the number of Metric=file: is valid until MetricMaxAge= after its last change', () => {
  assert.deepEqual(
    [0, 60_000, 60_001, 86_400_000].map(age => freshValue(aged(age), file, NOW)),
    [7, 7, null, null],
  );
  assert.equal(freshValue(null, file, NOW), null);
});

test('a Metric=file: with a time in the future is valid', () =>
  assert.equal(freshValue(aged(-86_400_000), file, NOW), 7));

test('a number of Metric=exec:, or with MetricMaxAge=none, does not expire', () => {
  const old = aged(86_400_000);
  assert.equal(freshValue(old, { ...file, metricMaxAge: null }, NOW), 7);
  assert.equal(freshValue(old, scale({ metric: { kind: 'exec', command: '/bin/count' } }), NOW), 7);
});

test.run();
