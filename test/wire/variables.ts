import fc from 'fast-check';

const name = fc.stringMatching(/^[A-Z][A-Z_]{0,12}$/);
/** Lengths around those at which an encoding changes, and characters of several bytes. */
const value = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.integer({ min: 120, max: 135 }).map(length => 'x'.repeat(length)),
  fc.integer({ min: 250, max: 260 }).map(length => 'é'.repeat(length)),
);

/** Variables of a request, without NUL. */
export const someVariables = fc
  .uniqueArray(fc.tuple(name, value), { maxLength: 12, selector: ([key]) => key })
  .map(pairs => Object.fromEntries(pairs));
