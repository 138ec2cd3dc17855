import assert from 'node:assert/strict';
import type { Test } from 'uvu';
import { atLeast } from '../../fuzz.ts';

import { HOSTILE } from './hostile.ts';
import { nameOf, type TARGETS } from './targets.ts';
import { tryRandom, tryValues } from './tries.ts';

/** Random values for each target: more than a hundred thousand over all. */
const EACH = atLeast(1000);

/** Adds a test for each target: random values, then the hostile ones, alone and after the target's example. */
export function testTargets(test: Test, targets: typeof TARGETS): void {
  for (const target of targets)
    test(`values of ${nameOf(target)} do not break out`, () => {
      const { tried, held } = tryRandom(target, EACH);
      assert.ok(tried >= EACH.numRuns && held > 0, `${held} of ${tried}`);
      tryValues(target, HOSTILE);
      tryValues(
        target,
        HOSTILE.map(text => target.example + text),
      );
    });
}
