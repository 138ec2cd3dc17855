import { elapsesAfter } from '../../host/systemd/calendar.ts';
import { readFleet } from '../../install/sources.ts';
import { boundsOf } from '../../simulate/calendar.ts';
import type { Policy } from '../../simulate/policy.ts';
import { Failure } from '../failure.ts';
import { count, printProblems } from '../output.ts';

/** Each file by itself: what two of them both want, such as a port, they want one after the other. */
async function readPolicy(file: string): Promise<{ policies: Policy[]; mistakes: number }> {
  const { pools, problems } = await readFleet('/', [file]);
  printProblems(problems, []);
  const policies = pools.map(pool => {
    return { name: pool.name, file, pool, boundsAt: boundsOf(pool, elapsesAfter) };
  });
  return { policies, mistakes: problems.length };
}

/** Where two files have the same name, each has its path instead. */
function named(policies: readonly Policy[]): Policy[] {
  const names = new Set(policies.map(({ name }) => name));
  return policies.map(p => (names.size < policies.length ? { ...p, name: p.file } : p));
}

/** Reads pool files to try; fails with every mistake of every one told. */
export async function readPolicies(files: readonly string[]): Promise<Policy[]> {
  const read = [];
  for (const file of files) read.push(await readPolicy(file));
  const mistakes = read.reduce((sum, r) => sum + r.mistakes, 0);
  if (mistakes > 0) throw new Failure(count(mistakes, 'mistake'), 2);
  const policies = read.flatMap(r => r.policies);
  if (policies.length < files.length) throw new Failure('cgipool.conf is no pool file: name NAME.pool', 2);
  return named(policies);
}
