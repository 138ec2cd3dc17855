import { missingPrograms, readFleet } from '../install/sources.ts';
import { formatProblem, type Problem } from '../pool/result.ts';
import { count } from './count.ts';
import { Failure } from './failure.ts';
import { onError } from './table.ts';

/** Tells each mistake on a line of its own, as compilers do. */
export function tellProblems(problems: readonly Problem[], warnings: readonly string[]): void {
  for (const problem of problems) console.error(onError.red(formatProblem(problem)));
  for (const warning of warnings) console.error(onError.yellow(`warning: ${warning}`));
}

const wellFormed = (names: readonly string[]): string =>
  `${count(names.length, 'pool')} ${names.length === 1 ? 'is' : 'are'} well-formed: ${names.join(', ') || 'none'}`;

/** `cgipool check [FILE...]` */
export async function check(
  files: string[],
  { root, json }: { root: string; json?: boolean },
): Promise<void> {
  const fleet = await readFleet(root, files);
  const warnings = await missingPrograms(fleet, root);
  if (json) console.log(JSON.stringify({ version: 1, problems: fleet.problems, warnings }, null, 2));
  else tellProblems(fleet.problems, warnings);
  if (fleet.problems.length > 0) throw new Failure(count(fleet.problems.length, 'mistake'), 2);
  if (!json) console.log(wellFormed(fleet.pools.map(p => p.name)));
}
