import type { Problem } from '../base/result.ts';
import type { Directive } from '../model/pool.ts';
import { passThrough, sections } from './keys/keys.ts';
import type { Assignment } from './lines.ts';
import { takeover } from './ownership/ownership.ts';
import { unliveable } from './rules/lives.ts';
import { sectionOf } from './unknown.ts';

type PassThroughSection = keyof typeof passThrough;

/** Names of systemd directives, and `X-` names, which systemd ignores. */
const KEY = /^(X-[A-Za-z0-9-]+|[A-Za-z][A-Za-z0-9]*)$/;

/** The one key that is both cgipool's and a systemd directive of these sections. */
const SHARED = 'Description';

function checkDirective({ section, key, value }: Assignment, pool: string): string | null {
  if (!KEY.test(key)) return `"${key}" is not a systemd directive: use letters and digits only`;
  const owned = passThrough[section as PassThroughSection];
  if (Object.hasOwn(owned, key)) return `${key}= cannot be set here: ${owned[key]}`;
  const home = key === SHARED ? undefined : sectionOf(sections, key);
  return home === undefined
    ? (takeover(key, value, pool) ?? unliveable(key, value))
    : `${key}= belongs in [${home}], not in [${section}]`;
}

/** Reads the lines of a section that is copied into a unit. `pool`: whose file it is. */
export function readDirectives(
  file: string,
  pool: string,
  section: PassThroughSection,
  given: readonly Assignment[],
): { list: Directive[]; problems: Problem[] } {
  const mine = given.filter(a => a.section === section);
  const problems = mine.flatMap(assignment => {
    const message = checkDirective(assignment, pool);
    return message === null ? [] : [{ file, line: assignment.line, message }];
  });
  return { list: mine.map(({ key, value, line }) => ({ key, value, line })), problems };
}
