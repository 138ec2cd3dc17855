import fc from 'fast-check';
import { hostile } from '../given.ts';
import { HOSTILE } from './hostile.ts';
import { TARGETS } from './targets.ts';

/** A text in the midst of another. */
export const within = (text: string, at: number, into: string): string =>
  into.slice(0, at) + text + into.slice(at);

const strange = fc.oneof(
  { weight: 3, arbitrary: hostile },
  { weight: 2, arbitrary: fc.constantFrom(...HOSTILE) },
);

const examples = fc.constantFrom(...new Set(TARGETS.map(target => target.example)));

/** What may be tried where `example` is well: strange texts, alone, around it and within it, and what is well elsewhere. */
export const valuesNear = (example: string): fc.Arbitrary<string> =>
  fc.oneof(
    fc.constant(example),
    strange,
    fc.tuple(strange, strange).map(([a, b]) => a + example + b),
    fc.tuple(strange, fc.nat(example.length)).map(([text, at]) => within(text, at, example)),
    fc.tuple(fc.constantFrom('', ' ', '/', '-', '$host'), strange).map(parts => example + parts.join('')),
    examples,
  );
