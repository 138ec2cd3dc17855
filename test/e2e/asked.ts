import type { Machine } from '../../tools/machine/machine.ts';

/** What nginx answered to a path. */
export interface Answer {
  path: string;
  status: number;
  body: string;
}

/** Asks for a path as it is written, with all its dots and slashes. */
async function answerTo(m: Machine, location: string, path: string): Promise<Answer> {
  const said = await m.run(
    `curl -sS -m 10 --path-as-is -w '\\n%{http_code}' 'http://localhost${location}${path}'`,
  );
  const end = said.lastIndexOf('\n');
  return { path, status: Number(said.slice(end)), body: said.slice(0, end) };
}

/** Asks for paths below a location, one after the other. */
export async function answersTo(m: Machine, location: string, paths: readonly string[]): Promise<Answer[]> {
  const found: Answer[] = [];
  for (const path of paths) found.push(await answerTo(m, location, path));
  return found;
}

/** Those with another status than they should have, in words. */
export const unlike = (found: readonly Answer[], wanted: (path: string) => number | undefined): string[] =>
  found.flatMap(({ path, status }) => (status === wanted(path) ? [] : [`${path}: ${status}`]));
