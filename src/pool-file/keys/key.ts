import { ok } from '../../base/result.ts';
import type { Kind, Parse } from '../values/values.ts';

/** One key of a section: everything that the parser, the suggestions and the reference need. */
export interface Key<T> {
  parse: Parse<T>;
  /** The kind of value, as the reference calls it: `time span`, `1 to 1000`. */
  unit: string;
  /** What an absent key means: a text as in a pool file, a computed value described in words, or a mistake. */
  fallback: { text: string } | { computed: string } | 'required';
  /** The key may be repeated. Its value is then a list, and each line is parsed to a list of one. */
  repeats?: true;
  /** One sentence for the reference: what the key does, in the imperative or as a noun phrase. */
  doc: string;
  example: string;
}

/** A key with a default, written as in a pool file. */
export const key = <T>(kind: Kind<T>, text: string, doc: string, example: string): Key<T> => ({
  ...kind,
  fallback: { text },
  doc,
  example,
});

/** A key whose default depends on other keys, or is nothing. */
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

/** An optional key that may be repeated. */
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

export type KeyTable = Record<string, Key<unknown>>;

/** The values of a section; an absent derived key is null. */
export type Values<S extends KeyTable> = { [K in keyof S]: S[K] extends Key<infer T> ? T | null : never };
