import type { Section } from './key.ts';
import type { Assignment } from './lines.ts';
import { nearest } from './nearest.ts';
import type { Problem } from './result.ts';

const meant = (name: string | undefined, before: string, after: string): string =>
  name === undefined ? '' : `; did you mean ${before}${name}${after}?`;

function message(
  { section, key }: Assignment,
  tables: Record<string, Section>,
  others: readonly string[],
): string | null {
  const table = Object.hasOwn(tables, section) ? tables[section] : undefined;
  if (!table)
    return others.includes(section)
      ? null
      : `there is no section [${section}]${meant(nearest(section, [...Object.keys(tables), ...others]), '[', ']')}`;
  if (Object.hasOwn(table, key)) return null;
  const home = Object.keys(tables).find(name => Object.hasOwn(tables[name] ?? {}, key));
  if (home) return `${key}= belongs into [${home}]`;
  return `[${section}] has no key ${key}=${meant(nearest(key, Object.keys(table)), '', '=')}`;
}

/** Sections and keys that are in no table, with what was probably meant. `others` are sections without a table. */
export function unknowns(
  file: string,
  given: readonly Assignment[],
  tables: Record<string, Section>,
  others: readonly string[],
): Problem[] {
  const reported = new Set<string>();
  return given.flatMap(assignment => {
    const text = message(assignment, tables, others);
    // a section that does not exist is one mistake, however many keys stand in it
    if (text === null || (text.startsWith('there is no section') && reported.has(text))) return [];
    reported.add(text);
    return [{ file, line: assignment.line, message: text }];
  });
}
