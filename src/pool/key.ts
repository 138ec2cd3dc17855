import type { Parse } from './values.ts';

/** One key of a section: everything that parser, suggestions and reference know about it. */
export interface Key<T> {
  parse: Parse<T>;
  /** The text that stands for an absent key, or in words what is computed, or that it is required. */
  fallback: { text: string } | { computed: string } | 'required';
  /** One sentence for the reference. */
  doc: string;
  example: string;
}

/** A key that has a default, written as in a pool file. */
export const key = <T>(parse: Parse<T>, text: string, doc: string, example: string): Key<T> => ({
  parse,
  fallback: { text },
  doc,
  example,
});

/** A key whose default follows from others. */
export const derived = <T>(parse: Parse<T>, computed: string, doc: string, example: string): Key<T> => ({
  parse,
  fallback: { computed },
  doc,
  example,
});

export const required = <T>(parse: Parse<T>, doc: string, example: string): Key<T> => ({
  parse,
  fallback: 'required',
  doc,
  example,
});

export type Section = Record<string, Key<unknown>>;

/** The values of a section; a derived key that was not given is null. */
export type Values<S extends Section> = { [K in keyof S]: S[K] extends Key<infer T> ? T | null : never };
