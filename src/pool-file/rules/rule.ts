import type { Problem } from '../../base/result.ts';
import type { Sections } from '../sections.ts';

/** Checks a combination of keys. Returns the mistake with the line to fix, or null. */
export type CombinationRule = (sections: Sections) => { line: number; message: string } | null;

/** What the rules say about a file. */
export const broken = (rules: readonly CombinationRule[], file: string, sections: Sections): Problem[] =>
  rules.flatMap(rule => {
    const mistake = rule(sections);
    return mistake ? [{ file, ...mistake }] : [];
  });
