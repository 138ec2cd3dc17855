import type { Sections } from '../sections.ts';

/** Checks a combination of keys. Returns the mistake with the line to fix, or null. */
export type CombinationRule = (sections: Sections) => { line: number; message: string } | null;
