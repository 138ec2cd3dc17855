import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { FakeWorld } from '../plan/fake-world.ts';
import { Invariants } from './invariants.ts';

const test = suite('invariants of the simulation');

/** How many starts at once a pool of three slots may have. */
function startsUntilTooMany(check: Invariants): number {
  for (let count = 0; ; count++)
    try {
      check.countStart('search', 3);
    } catch {
      return count;
    }
}

/** What happens before, and how many starts are then allowed: 11, and one more every 10 s. */
const CASES: [string, (check: Invariants) => void, number][] = [
  ['at rest', () => {}, 11],
  ['right after 11 starts', check => startsUntilTooMany(check), 0],
  ['after 11 starts and a loss of the memory', check => [startsUntilTooMany(check), check.forget()], 11],
  [
    'after 11 starts and two losses of the memory',
    check => [startsUntilTooMany(check), check.forget(), check.forget()],
    11,
  ],
  ['after a loss of the memory at rest', check => check.forget(), 11],
];

for (const [when, before, count] of CASES)
  test(`a pool of three slots may have ${count} starts at once ${when}`, () => {
    const check = new Invariants(new FakeWorld());
    before(check);
    assert.equal(startsUntilTooMany(check), count);
  });

test.run();
