import { elapsesAfter } from '../../host/systemd/calendar.ts';
import { readFleet } from '../../install/compare/sources.ts';
import { Machine } from '../../install/machine.ts';
import { boundsOf } from '../../simulate/calendar.ts';
import type { Policy } from '../../simulate/policy.ts';
import { Failure } from '../failure.ts';
import { count, printProblems } from '../output.ts';

/** Reads one file on its own: alternatives may use the same ports. */
async function readPolicy(file: string): Promise<{ policies: Policy[]; mistakes: number }> {
  const { pools, problems } = await readFleet(new Machine(), [file]);
  printProblems(problems, []);
  const policies = pools.map(pool => {
    return { name: pool.name, file, pool, boundsAt: boundsOf(pool, elapsesAfter) };
  });
  return { policies, mistakes: problems.length };
}

/** Names policies by path when two files have the same name. */
function named(policies: readonly Policy[]): Policy[] {
  const names = new Set(policies.map(({ name }) => name));
  return policies.map(p => (names.size < policies.length ? { ...p, name: p.file } : p));
}

/** Reads the pool files to try. Prints all mistakes, then throws Failure. */
export async function readPolicies(files: readonly string[]): Promise<Policy[]> {
  const read = [];
  for (const file of files) read.push(await readPolicy(file));
  const mistakes = read.reduce((sum, r) => sum + r.mistakes, 0);
  if (mistakes > 0) throw new Failure(count(mistakes, 'mistake'), 2);
  const policies = read.flatMap(r => r.policies);
  if (policies.length < files.length)
    throw new Failure('cgipool.conf is not a pool file: use a NAME.pool file', 2);
  return named(policies);
}
