import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { alignDelay } from '../../../src/host/probe/pace.ts';

const test = suite('probe pace');

test('steady probes are moved to one of four moments of an interval, the nearest', () => {
  const moments = new Set<number>();
  for (let now = 1000; now < 5000; now += 7)
    for (const wait of [0, 3, 1234, 1999, 2000]) {
      const delay = alignDelay(now, wait, 2000);
      moments.add((now + delay) % 2000);
      assert.ok(Math.abs(delay - wait) <= 250, `${now} ${wait} ${delay}`);
    }
  assert.deepEqual([...moments].sort(), [0, 1000, 1500, 500]);
});

test('after a probe that began late or early the next one is at its moment again', () => {
  for (const late of [-1, 0, 1, 40, 240]) assert.equal(alignDelay(3000 + late, 2000, 2000), 2000 - late);
});

test.run();
