import type { Problem } from '../base/result.ts';
import type { Directive } from '../model/pool.ts';
import { passThrough, sections } from './keys/keys.ts';
import type { Assignment } from './lines.ts';
import { takeover } from './ownership/ownership.ts';
import { homeOf } from './unknown.ts';

export type PassThrough = keyof typeof passThrough;

/** systemd's directives, and the `X-` names that it leaves to others. */
const KEY = /^(X-[A-Za-z0-9-]+|[A-Za-z][A-Za-z0-9]*)$/;

/** The one name that cgipool and systemd both use. */
const SHARED = 'Description';

function mistake({ section, key, value }: Assignment, pool: string): string | null {
  if (!KEY.test(key)) return `"${key}" is no directive of systemd: letters and digits only`;
  const owned = passThrough[section as PassThrough];
  if (Object.hasOwn(owned, key)) return `${key}= cannot be set here: ${owned[key]}`;
  const home = key === SHARED ? undefined : homeOf(sections, key);
  return home === undefined
    ? takeover(key, value, pool)
    : `${key}= belongs in [${home}], not in [${section}]`;
}

/** The lines of a section that goes into a unit as it is. `pool`: whose file it is. */
export function directives(
  file: string,
  pool: string,
  section: PassThrough,
  given: readonly Assignment[],
): { list: Directive[]; problems: Problem[] } {
  const mine = given.filter(a => a.section === section);
  const problems = mine.flatMap(assignment => {
    const message = mistake(assignment, pool);
    return message === null ? [] : [{ file, line: assignment.line, message }];
  });
  return { list: mine.map(({ key, value, line }) => ({ key, value, line })), problems };
}
