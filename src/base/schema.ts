/*
 * One description of a stored record: its type, a new one, the check of what was read back, and what stands for a field that
 * an earlier version of the program did not write.
 */

/** How a value is read back from JSON. */
export class Schema<T> {
  /** `read`: the value, completed and without what is not described; undefined when it is none of this kind. */
  constructor(readonly read: (value: unknown) => T | undefined) {}

  /** The same, with what an absent value stands for. */
  or(absent: NoInfer<T>): Defaulted<T> {
    return new Defaulted(value => (value === undefined ? structuredClone(absent) : this.read(value)));
  }
}

/** A schema whose value may be absent. */
export class Defaulted<T> extends Schema<T> {
  readonly isDefaulted = true;
}

/** The type that a schema describes. */
export type Infer<S> = S extends Schema<infer T> ? T : never;

const checked = <T>(is: (value: unknown) => boolean): Schema<T> =>
  new Schema(value => (is(value) ? (value as T) : undefined));

export const text = checked<string>(value => typeof value === 'string');
export const flag = checked<boolean>(value => typeof value === 'boolean');
export const number = checked<number>(value => typeof value === 'number' && Number.isFinite(value));
/** A whole number that JSON keeps exactly. */
export const integer = checked<number>(Number.isSafeInteger);

/** One of some words or numbers. */
export const oneOf = <const T extends string | number>(...values: T[]): Schema<T> =>
  checked(value => (values as unknown[]).includes(value));

export const nullable = <T>(schema: Schema<T>): Schema<T | null> =>
  new Schema(value => (value === null ? null : schema.read(value)));

export const list = <T>(schema: Schema<T>): Schema<T[]> =>
  new Schema(value => (Array.isArray(value) ? whole(value.map(schema.read)) : undefined));

const whole = <T>(values: (T | undefined)[]): T[] | undefined =>
  values.some(value => value === undefined) ? undefined : (values as T[]);

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function entries<T>(pairs: readonly [string, T | undefined][]): Record<string, T> | undefined {
  const good = pairs.filter((pair): pair is [string, T] => pair[1] !== undefined);
  return good.length === pairs.length ? Object.fromEntries(good) : undefined;
}

/** Values of one kind by any key; one that is not there is undefined. */
export const dictionary = <T>(schema: Schema<T>): Schema<Record<string, T>> =>
  new Schema(value =>
    isObject(value) ? entries(Object.entries(value).map(([key, v]) => [key, schema.read(v)])) : undefined,
  );

/** One of several kinds; the first that fits counts. */
export const either = <T, U>(first: Schema<T>, second: Schema<U>): Schema<T | U> =>
  new Schema(value => first.read(value) ?? second.read(value));

type Fields = Record<string, Schema<unknown>>;
type Inferred<F extends Fields> = { [K in keyof F]: Infer<F[K]> };
type AbsentKey<F extends Fields> = { [K in keyof F]: F[K] extends Defaulted<unknown> ? K : never }[keyof F];
/** What a new record must be given, and what it may be. */
type Given<F extends Fields> = Omit<Inferred<F>, AbsentKey<F>> & Partial<Pick<Inferred<F>, AbsentKey<F>>>;

/** A record with these fields. */
export class RecordSchema<F extends Fields> extends Schema<Inferred<F>> {
  constructor(readonly fields: F) {
    const described = Object.entries(fields);
    super(value =>
      isObject(value)
        ? (entries(described.map(([key, schema]) => [key, schema.read(own(value, key))])) as
            | Inferred<F>
            | undefined)
        : undefined,
    );
  }

  /** A new record of what is given; all else is as if it were absent. */
  create(given: Given<F>): Inferred<F> {
    const made = this.read(given);
    if (made === undefined) throw new TypeError(`no such record: ${JSON.stringify(given)}`);
    return made;
  }
}

const own = (value: Record<string, unknown>, key: string): unknown =>
  Object.hasOwn(value, key) ? value[key] : undefined;

export const record = <F extends Fields>(fields: F): RecordSchema<F> => new RecordSchema(fields);

/** Brings a record from one schema number to the next. */
export type Upgrade = (old: Record<string, unknown>) => Record<string, unknown>;

/**
 * A record in a file, which carries the number of its schema as `version`. Those of earlier numbers are brought up step by
 * step: `upgrades` has for each number the step to the next. Null: it is torn, foreign, or of a later program.
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
