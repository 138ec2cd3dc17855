import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { Unit } from '../../../src/model/observed.ts';
import { ending } from '../../../src/plan/learn/exit-reason.ts';

const test = suite('plan: how a life ended');

const CASES: [Partial<Unit>, string | RegExp][] = [
  [{ result: 'signal', exit: 9 }, 'killed by signal 9'],
  [{ result: 'core-dump', exit: 11 }, 'killed by signal 11'],
  [{ result: 'exit-code', exit: 1 }, 'exit status 1'],
  [{ result: 'exit-code', exit: 217 }, /its user does not exist \(see User=\)/],
  [{ result: 'success', exit: 0 }, /^it exited with status 0/],
  [{ result: 'start-limit-hit', exit: 0 }, /^it exited with status 0/],
  [{ result: 'resources', exit: 0 }, 'systemd reports resources'],
  [{ result: 'timeout', exit: 0 }, /^it did not start or stop in time/],
];

for (const [unit, said] of CASES)
  test(`Result=${unit.result} with ${unit.exit}`, () => {
    const text = ending(unit as Unit);
    if (typeof said === 'string') assert.equal(text, said);
    else assert.match(text, said);
  });

test.run();
