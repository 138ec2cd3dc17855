import { findNearest } from '../base/nearest.ts';
import type { Problem } from '../base/result.ts';
import type { KeyTable } from './keys/key.ts';
import type { Assignment, Lines } from './lines.ts';

type KeyTables = Record<string, KeyTable>;

const has = (tables: KeyTables, section: string, key: string): boolean =>
  Object.hasOwn(tables, section) && Object.hasOwn(tables[section] ?? {}, key);

/** The section that a key belongs to; undefined if no table has it. */
export const sectionOf = (tables: KeyTables, key: string): string | undefined =>
  Object.keys(tables).find(section => has(tables, section, key));

function describeSection(name: string, known: readonly string[]): string {
  const meant = findNearest(name, known);
  const hint = meant === undefined ? `the sections are [${known.join('], [')}]` : `did you mean [${meant}]?`;
  return `there is no section [${name}]: ${hint}`;
}

/** A key with a similar name, preferably of the same section. */
function suggestKey(tables: KeyTables, section: string, key: string): string {
  const here = findNearest(key, Object.keys(tables[section] ?? {}));
  if (here !== undefined) return `: did you mean ${here}=?`;
  const elsewhere = findNearest(key, Object.values(tables).flatMap(Object.keys));
  const home = elsewhere === undefined ? undefined : sectionOf(tables, elsewhere);
  return home === undefined ? '' : `: did you mean ${elsewhere}= in [${home}]?`;
}

function describeKey(tables: KeyTables, { section, key }: Assignment, others: readonly string[]): string {
  const home = sectionOf(tables, key);
  if (home !== undefined) return `${key}= belongs in [${home}], not in [${section}]`;
  const suggestion = suggestKey(tables, section, key);
  const fallback = others.includes('Service') ? ': systemd directives belong in [Service]' : '';
  return `[${section}] has no key ${key}=${suggestion || fallback}`;
}

/** Reports sections and keys that are in no table, with a suggestion. `others` are the sections without a table. */
export function findUnknown(
  file: string,
  { headers, assignments }: Lines,
  tables: KeyTables,
  others: readonly string[],
): Problem[] {
  const known = [...Object.keys(tables), ...others];
  const sections = headers
    .filter(({ name }) => !known.includes(name))
    .map(({ name, line }) => ({ file, line, message: describeSection(name, known) }));
  const keys = assignments
    .filter(({ section, key }) => Object.hasOwn(tables, section) && !has(tables, section, key))
    .map(a => ({ file, line: a.line, message: describeKey(tables, a, others) }));
  return [...sections, ...keys];
}
