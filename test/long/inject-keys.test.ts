import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { atLeast } from '../fuzz.ts';
import { storm, volley } from '../render/inject/campaign.ts';
import { HOSTILE } from '../render/inject/hostile.ts';
import { KEYS, nameOf } from '../render/inject/targets.ts';

const test = suite('injection: every key of a pool file');

/** With the other half of the keys more than a hundred thousand in all. */
const EACH = atLeast(1200);

for (const target of KEYS)
  test(nameOf(target), () => {
    const { tried, held } = storm(target, EACH);
    assert.ok(tried >= EACH.numRuns && held > 0, `${held} of ${tried}`);
    volley(target, HOSTILE);
    volley(
      target,
      HOSTILE.map(text => target.example + text),
    );
  });

test.run();
