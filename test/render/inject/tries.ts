import assert from 'node:assert/strict';
import fc from 'fast-check';
import { attack } from './attack.ts';
import { nameOf, type Target } from './targets.ts';
import { valuesNear } from './values.ts';
import { plainly, WAYS } from './way.ts';

/** How many values were tried, and how many of them were accepted. */
export interface Tally {
  tried: number;
  held: number;
}

const ways = fc.constantFrom(...WAYS);

/** Tries random values for a key, the example among them, so that some are accepted. */
export function tryRandom(target: Target, runs: { numRuns: number }): Tally {
  const tally = { tried: 0, held: 0 };
  const property = fc.property(valuesNear(target.example), ways, (value, way) => {
    tally.tried++;
    if (attack(target, value, way) === 'held') tally.held++;
  });
  try {
    fc.assert(property, runs);
  } catch (error) {
    throw new assert.AssertionError({ message: `${nameOf(target)}: ${error}` });
  }
  return tally;
}

/** Tries each of the values for a key. */
export function tryValues(target: Target, values: readonly string[]): Tally {
  const tally = { tried: 0, held: 0 };
  for (const [i, value] of values.entries()) {
    tally.tried++;
    try {
      if (attack(target, value, WAYS[i % WAYS.length] ?? plainly('tcp')) === 'held') tally.held++;
    } catch (error) {
      const shown = JSON.stringify(value).slice(0, 80);
      throw new assert.AssertionError({ message: `${nameOf(target)}: ${shown}: ${error}` });
    }
  }
  return tally;
}
