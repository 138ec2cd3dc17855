import fc from 'fast-check';
import { hostile } from '../given.ts';
import { HOSTILE } from './hostile.ts';
import { TARGETS } from './targets.ts';

/** Inserts a text into another. */
export const within = (text: string, at: number, into: string): string =>
  into.slice(0, at) + text + into.slice(at);

const strange = fc.oneof(
  { weight: 3, arbitrary: hostile },
  { weight: 2, arbitrary: fc.constantFrom(...HOSTILE) },
);

const examples = fc.constantFrom(...new Set(TARGETS.map(target => target.example)));

/** Values to try where `example` is valid: hostile texts, alone, around and within it, and examples of other keys. */
export const valuesNear = (example: string): fc.Arbitrary<string> =>
  fc.oneof(
    fc.constant(example),
    strange,
    fc.tuple(strange, strange).map(([a, b]) => a + example + b),
    fc.tuple(strange, fc.nat(example.length)).map(([text, at]) => within(text, at, example)),
    fc.tuple(fc.constantFrom('', ' ', '/', '-', '$host'), strange).map(parts => example + parts.join('')),
    examples,
  );
