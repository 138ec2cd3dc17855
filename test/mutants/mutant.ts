/** A fault put into one file: the text that occurs once in it, and what stands there instead. */
export interface Mutant {
  file: string;
  find: string;
  replace: string;
  /** What no longer holds. */
  what: string;
  /** Why nothing can tell it from the original, or what no test looks at; absent: it is to be found. */
  survives?: string;
}

/** How often a text occurs in another. */
const occurrences = (text: string, find: string): number => text.split(find).length - 1;

/** The text of a file with the fault in it. Throws unless the text occurs exactly once, and changes. */
export function applied({ file, find, replace }: Mutant, text: string): string {
  const count = occurrences(text, find);
  if (count !== 1) throw new Error(`${file}: ${JSON.stringify(find)} occurs ${count} times`);
  if (find === replace) throw new Error(`${file}: ${JSON.stringify(find)} does not change`);
  return text.replace(find, () => replace);
}

type Row = [find: string, replace: string, what: string, survives?: string];

/** The mutants of one file. */
export const of = (file: string, ...rows: Row[]): Mutant[] =>
  rows.map(([find, replace, what, survives]) => ({
    ...{ file, find, replace, what },
    ...(survives === undefined ? {} : { survives }),
  }));
