import { findNearest } from '../base/nearest.ts';
import type { Problem } from '../base/result.ts';
import type { Section } from './keys/key.ts';
import type { Assignment, Lines } from './lines.ts';

type Tables = Record<string, Section>;

const has = (tables: Tables, section: string, key: string): boolean =>
  Object.hasOwn(tables, section) && Object.hasOwn(tables[section] ?? {}, key);

/** The section of a key, if another than it stands in. */
export const homeOf = (tables: Tables, key: string): string | undefined =>
  Object.keys(tables).find(section => has(tables, section, key));

function strangeSection(name: string, known: readonly string[]): string {
  const meant = findNearest(name, known);
  const hint = meant === undefined ? `the sections are [${known.join('], [')}]` : `did you mean [${meant}]?`;
  return `there is no section [${name}]: ${hint}`;
}

/** The key that was meant, here or else in another section. */
function suggestion(tables: Tables, section: string, key: string): string {
  const here = findNearest(key, Object.keys(tables[section] ?? {}));
  if (here !== undefined) return `: did you mean ${here}=?`;
  const elsewhere = findNearest(key, Object.values(tables).flatMap(Object.keys));
  const home = elsewhere === undefined ? undefined : homeOf(tables, elsewhere);
  return home === undefined ? '' : `: did you mean ${elsewhere}= in [${home}]?`;
}

function strangeKey(tables: Tables, { section, key }: Assignment, others: readonly string[]): string {
  const home = homeOf(tables, key);
  if (home !== undefined) return `${key}= belongs in [${home}], not in [${section}]`;
  const meant = suggestion(tables, section, key);
  const directive = others.includes('Service') ? ': systemd directives belong in [Service]' : '';
  return `[${section}] has no key ${key}=${meant || directive}`;
}

/** Sections and keys that are in no table, with what was probably meant. `others` are sections without a table. */
export function unknowns(
  file: string,
  { headers, assignments }: Lines,
  tables: Tables,
  others: readonly string[],
): Problem[] {
  const known = [...Object.keys(tables), ...others];
  const sections = headers
    .filter(({ name }) => !known.includes(name))
    .map(({ name, line }) => ({ file, line, message: strangeSection(name, known) }));
  const keys = assignments
    .filter(({ section, key }) => Object.hasOwn(tables, section) && !has(tables, section, key))
    .map(a => ({ file, line: a.line, message: strangeKey(tables, a, others) }));
  return [...sections, ...keys];
}
