import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { alignDelay } from '../../../src/host/probe/pace.ts';

const test = suite('prober');

test('steady probes are made at four moments of an interval, each about when it was wanted', () => {
  const moments = new Set<number>();
  for (let now = 1000; now < 5000; now += 7)
    for (const wait of [0, 3, 1234, 1999, 2000]) {
      const rest = alignDelay(now, wait, 2000);
      moments.add((now + rest) % 2000);
      assert.ok(Math.abs(rest - wait) <= 250, `${now} ${wait} ${rest}`);
    }
  assert.deepEqual([...moments].sort(), [0, 1000, 1500, 500]);
});

test('a probe that begins a little late or early is in step again the next time', () => {
  for (const late of [-1, 0, 1, 40, 240]) assert.equal(alignDelay(3000 + late, 2000, 2000), 2000 - late);
});

test.run();
