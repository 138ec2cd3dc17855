import type { Sections } from '../sections.ts';

/** A mistake that only several keys together make, with the line to mend; null: there is none. */
export type Rule = (read: Sections) => { line: number; message: string } | null;
