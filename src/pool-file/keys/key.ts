import { ok } from '../../base/result.ts';
import type { Kind, Parse } from '../values/values.ts';

/** One key of a section: everything that parser, suggestions and reference know about it. */
export interface Key<T> {
  parse: Parse<T>;
  /** What is to be written, as the reference calls it: `time span`, `1 to 1000`. */
  unit: string;
  /** The text that stands for an absent key, or in words what is computed, or that it is required. */
  fallback: { text: string } | { computed: string } | 'required';
  /** It may be given several times; its value is then the list of all, and each line is parsed to a list. */
  repeats?: true;
  /** One sentence for the reference. */
  doc: string;
  example: string;
}

/** A key that has a default, written as in a pool file. */
export const key = <T>(kind: Kind<T>, text: string, doc: string, example: string): Key<T> => ({
  ...kind,
  fallback: { text },
  doc,
  example,
});

/** A key whose default follows from others. */
export const derived = <T>(kind: Kind<T>, computed: string, doc: string, example: string): Key<T> => ({
  ...kind,
  fallback: { computed },
  doc,
  example,
});

export const required = <T>(kind: Kind<T>, doc: string, example: string): Key<T> => ({
  ...kind,
  fallback: 'required',
  doc,
  example,
});

/** A key that may be given several times, and need not be given at all. */
export const repeatable = <T>(
  kind: Kind<T>,
  computed: string,
  doc: string,
  example: string,
): Key<readonly T[]> => ({
  ...derived<readonly T[]>({ unit: kind.unit, parse: one(kind.parse) }, computed, doc, example),
  repeats: true,
});

const one =
  <T>(parse: Parse<T>): Parse<readonly T[]> =>
  text => {
    const parsed = parse(text);
    return parsed.ok ? ok([parsed.value]) : parsed;
  };

export type Section = Record<string, Key<unknown>>;

/** The values of a section; a derived key that was not given is null. */
export type Values<S extends Section> = { [K in keyof S]: S[K] extends Key<infer T> ? T | null : never };
