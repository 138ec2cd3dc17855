import { passThrough } from './keys.ts';
import type { Assignment } from './lines.ts';
import type { Directive } from './pool.ts';
import type { Problem } from './result.ts';

export type PassThrough = keyof typeof passThrough;

export const passThroughSections = Object.keys(passThrough) as PassThrough[];

const KEY = /^[A-Za-z][A-Za-z0-9-]*$/;

function mistake(section: PassThrough, key: string): string | null {
  if (!KEY.test(key)) return `"${key}" is no systemd directive`;
  const owned = passThrough[section];
  return Object.hasOwn(owned, key) ? `${key}= cannot be set here: ${owned[key]}` : null;
}

/** The lines of a section that goes into a unit as it is. */
export function directives(
  file: string,
  section: PassThrough,
  given: readonly Assignment[],
): { list: Directive[]; problems: Problem[] } {
  const mine = given.filter(a => a.section === section);
  const problems = mine.flatMap(({ key, line }) => {
    const message = mistake(section, key);
    return message ? [{ file, line, message }] : [];
  });
  return { list: mine.map(({ key, value, line }) => ({ key, value, line })), problems };
}
