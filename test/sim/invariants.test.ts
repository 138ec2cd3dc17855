import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { FakeWorld } from '../plan/fake-world.ts';
import { Invariants } from './invariants.ts';

const test = suite('invariants of the simulation');

/** How many starts at once a pool of three slots may have until it is too many. */
function startsUntilTooMany(check: Invariants): number {
  for (let count = 0; ; count++)
    try {
      check.countStart('search', 3);
    } catch {
      return count;
    }
}

/** What happens before the starts, and how many there may then be: 11, and one more in 10 s. */
const CASES: [string, (check: Invariants) => void, number][] = [
  ['at rest', () => {}, 11],
  ['just after as many', check => startsUntilTooMany(check), 0],
  ['when the memory was lost after as many', check => [startsUntilTooMany(check), check.forget()], 11],
  ['when it was lost twice', check => [startsUntilTooMany(check), check.forget(), check.forget()], 11],
  ['when it was lost at rest', check => check.forget(), 11],
];

for (const [when, before, count] of CASES)
  test(`${count} starts at once ${when}`, () => {
    const check = new Invariants(new FakeWorld());
    before(check);
    assert.equal(startsUntilTooMany(check), count);
  });

test.run();
