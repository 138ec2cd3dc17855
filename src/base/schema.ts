import { own } from './own.ts';

/*
 * One description of a stored record gives its type, its constructor, the check of what was read back, and the defaults for
 * fields that an earlier version of the program did not write.
 */

/** How to read a value from JSON. */
class Schema<T> {
  /** `read` returns the value with defaults filled in and unknown fields dropped; undefined if it does not match. */
  constructor(readonly read: (value: unknown) => T | undefined) {}

  /** The same schema with a default for an absent value. */
  or(fallback: NoInfer<T>): Defaulted<T> {
    return new Defaulted(value => (value === undefined ? structuredClone(fallback) : this.read(value)));
  }
}

/** A schema whose value may be absent. */
class Defaulted<T> extends Schema<T> {
  readonly isDefaulted = true;
}

/** The type that a schema describes. */
export type Infer<S> = S extends Schema<infer T> ? T : never;

const matching = <T>(matches: (value: unknown) => boolean): Schema<T> =>
  new Schema(value => (matches(value) ? (value as T) : undefined));

export const text = matching<string>(value => typeof value === 'string');
export const flag = matching<boolean>(value => typeof value === 'boolean');
export const number = matching<number>(value => typeof value === 'number' && Number.isFinite(value));
/** A whole number that JSON represents exactly. */
export const integer = matching<number>(Number.isSafeInteger);

/** One of the given words or numbers. */
export const oneOf = <const T extends string | number>(...values: T[]): Schema<T> =>
  matching(value => (values as unknown[]).includes(value));

export const nullable = <T>(schema: Schema<T>): Schema<T | null> =>
  new Schema(value => (value === null ? null : schema.read(value)));

export const list = <T>(schema: Schema<T>): Schema<T[]> =>
  new Schema(value => (Array.isArray(value) ? allDefined(value.map(schema.read)) : undefined));

const allDefined = <T>(values: (T | undefined)[]): T[] | undefined =>
  values.some(value => value === undefined) ? undefined : (values as T[]);

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function fromPairs<T>(pairs: readonly [string, T | undefined][]): Record<string, T> | undefined {
  const good = pairs.filter((pair): pair is [string, T] => pair[1] !== undefined);
  return good.length === pairs.length ? Object.fromEntries(good) : undefined;
}

/** Values of one kind by arbitrary keys. */
export const dictionary = <T>(schema: Schema<T>): Schema<Record<string, T>> =>
  new Schema(value =>
    isObject(value) ? fromPairs(Object.entries(value).map(([key, v]) => [key, schema.read(v)])) : undefined,
  );

/** One of two kinds; the first that matches counts. */
export const either = <T, U>(first: Schema<T>, second: Schema<U>): Schema<T | U> =>
  new Schema(value => first.read(value) ?? second.read(value));

type FieldSchemas = Record<string, Schema<unknown>>;
type Inferred<F extends FieldSchemas> = { [K in keyof F]: Infer<F[K]> };
type OptionalKey<F extends FieldSchemas> = {
  [K in keyof F]: F[K] extends Defaulted<unknown> ? K : never;
}[keyof F];
/** What `create` takes: all fields without a default, and optionally the others. */
type NewRecord<F extends FieldSchemas> = Omit<Inferred<F>, OptionalKey<F>> &
  Partial<Pick<Inferred<F>, OptionalKey<F>>>;

/** A record with these fields. */
class RecordSchema<F extends FieldSchemas> extends Schema<Inferred<F>> {
  constructor(readonly fields: F) {
    const described = Object.entries(fields);
    super(value =>
      isObject(value)
        ? (fromPairs(described.map(([key, schema]) => [key, schema.read(own(value, key))])) as
            | Inferred<F>
            | undefined)
        : undefined,
    );
  }

  /** A new record with these values; the other fields get their defaults. */
  create(given: NewRecord<F>): Inferred<F> {
    const made = this.read(given);
    if (made === undefined)
      throw new TypeError(`the record does not match its schema: ${JSON.stringify(given)}`);
    return made;
  }
}

export const record = <F extends FieldSchemas>(fields: F): RecordSchema<F> => new RecordSchema(fields);

/** Upgrades a record from one schema version to the next. */
export type Upgrade = (old: Record<string, unknown>) => Record<string, unknown>;

/**
 * Reads a record from a file, whose `version` is the number of its schema. An earlier version is upgraded step by step:
 * `upgrades[0]` leads from version 1 to 2. Null: the record is incomplete, not ours, or written by a later program.
 */
export const stored =
  <T>(schema: Schema<T>, upgrades: readonly Upgrade[]): ((value: unknown) => T | null) =>
  value => {
    if (!isObject(value)) return null;
    const from = Number(value.version);
    const steps = Number.isInteger(from) && from >= 1 ? upgrades.slice(from - 1) : [];
    const current = steps.reduce<Record<string, unknown>>(
      (old, step, i) => ({ ...step(old), version: from + i + 1 }),
      value,
    );
    return schema.read(current) ?? null;
  };
