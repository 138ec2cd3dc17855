import { missingPrograms, readFleet } from '../install/sources.ts';
import { formatProblem, type Problem } from '../pool/result.ts';
import { Failure } from './failure.ts';
import { red, yellow } from './table.ts';

/** Tells each mistake on a line of its own, as compilers do. */
export function tellProblems(problems: readonly Problem[], warnings: readonly string[]): void {
  for (const problem of problems) console.error(red(formatProblem(problem)));
  for (const warning of warnings) console.error(yellow(`warning: ${warning}`));
}

/** `cgipool check [FILE...]` */
export async function check(
  files: string[],
  { root, json }: { root: string; json?: boolean },
): Promise<void> {
  const fleet = await readFleet(root, files);
  const warnings = await missingPrograms(fleet, root);
  if (json) console.log(JSON.stringify({ version: 1, problems: fleet.problems, warnings }, null, 2));
  else tellProblems(fleet.problems, warnings);
  if (fleet.problems.length > 0) throw new Failure(`${fleet.problems.length} mistakes`, 2);
  if (!json)
    console.log(
      `${fleet.pools.length} pools are well-formed: ${fleet.pools.map(p => p.name).join(', ') || 'none'}`,
    );
}
