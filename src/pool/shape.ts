/** Tells whether a value read from a file is what it should be: a file of ours may be torn, or of somebody else. */
export type Check = (value: unknown) => boolean;

export const isText: Check = value => typeof value === 'string';
export const isFlag: Check = value => typeof value === 'boolean';
export const isNumber: Check = value => typeof value === 'number' && Number.isFinite(value);

export const orNull =
  (check: Check): Check =>
  value =>
    value === null || check(value);

export const listOf =
  (check: Check): Check =>
  value =>
    Array.isArray(value) && value.every(check);

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every value passes, whatever the keys are. */
export const recordOf =
  (check: Check): Check =>
  value =>
    isObject(value) && Object.values(value).every(check);

/** An object with at least the fields of T; a new field without a check does not compile. */
export const fields =
  <T>(checks: { [K in keyof T]-?: Check }): Check =>
  value =>
    isObject(value) && Object.entries<Check>(checks).every(([key, check]) => check(value[key]));
