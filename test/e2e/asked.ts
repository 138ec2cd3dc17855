import type { Machine } from '../../tools/machine/machine.ts';

/** The answer to a path. */
export interface Answer {
  path: string;
  status: number;
  body: string;
}

/** Requests a path as written, without normalizing it. */
async function answerTo(m: Machine, location: string, path: string): Promise<Answer> {
  const said = await m.run(
    `curl -sS -m 10 --path-as-is -w '\\n%{http_code}' 'http://localhost${location}${path}'`,
  );
  const end = said.lastIndexOf('\n');
  return { path, status: Number(said.slice(end)), body: said.slice(0, end) };
}

/** Requests paths below a location, one after the other. */
export async function answersTo(m: Machine, location: string, paths: readonly string[]): Promise<Answer[]> {
  const found: Answer[] = [];
  for (const path of paths) found.push(await answerTo(m, location, path));
  return found;
}

/** The paths with an unexpected status: `/a: 200`. */
export const unlike = (found: readonly Answer[], wanted: (path: string) => number | undefined): string[] =>
  found.flatMap(({ path, status }) => (status === wanted(path) ? [] : [`${path}: ${status}`]));
