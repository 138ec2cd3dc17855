import assert from 'node:assert/strict';
import type { Test } from 'uvu';
import { atLeast } from '../../fuzz.ts';
import { storm, volley } from './campaign.ts';
import { HOSTILE } from './hostile.ts';
import { nameOf, type TARGETS } from './targets.ts';

/** So many made-up values for each target; over all targets that is more than a hundred thousand. */
const EACH = atLeast(1000);

/** A test for each target: made-up values, then the listed ones, alone and after the target's example. */
export function besiege(test: Test, targets: typeof TARGETS): void {
  for (const target of targets)
    test(nameOf(target), () => {
      const { tried, held } = storm(target, EACH);
      assert.ok(tried >= EACH.numRuns && held > 0, `${held} of ${tried}`);
      volley(target, HOSTILE);
      volley(
        target,
        HOSTILE.map(text => target.example + text),
      );
    });
}
