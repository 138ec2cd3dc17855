import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { LossTally } from '../../../src/controller/nginx/loss-tally.ts';

const test = suite('lost lines of the log');

test('a loss is told of for a minute, as a share of all lines since', () => {
  const tally = new LossTally();
  tally.add({ received: 100, lost: 0 }, 0);
  assert.deepEqual(tally.problems, []);
  tally.add({ received: 4, lost: 21 }, 1_000);
  tally.add({ received: 15, lost: 0 }, 30_000);
  assert.match(tally.problems.join(), /^21 of 40 lines of nginx's log were lost within a minute/);
  tally.add({ received: 1, lost: 0 }, 61_000);
  assert.deepEqual(tally.problems, []);
});

test.run();
