import { isObject } from './shape.ts';

/** What is known, at every depth of objects, and the defaults for what is not there. Lists are taken as they are. */
export function filled(defaults: unknown, known: unknown): unknown {
  if (known === undefined) return defaults;
  if (!isObject(defaults) || !isObject(known)) return known;
  const keys = Object.keys({ ...defaults, ...known });
  return Object.fromEntries(keys.map(key => [key, filled(defaults[key], known[key])]));
}
