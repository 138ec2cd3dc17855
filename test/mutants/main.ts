import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Copy } from './copy.ts';
import type { Mutant } from './mutant.ts';
import { type Killer, type Outcome, report } from './outcome.ts';
import { MUTANTS } from './table.ts';

/*
 * npm run test:mutants: tries all, writes docs/mutants.md and fails where too few are found. With words it tries those whose file
 * or description has one of them, and writes nothing. MUTANT_STEPS: passes of the simulation for each.
 */
const STEPS = Number(process.env.MUTANT_STEPS ?? 20_000);
const words = process.argv.slice(2);
const chosen = MUTANTS.filter(
  ({ file, what }) => words.length === 0 || words.some(word => file.includes(word) || what.includes(word)),
);

const copies = Array.from({ length: availableParallelism() }, () => new Copy(STEPS));
process.on('exit', () => {
  for (const copy of copies) copy.remove();
});
process.on('SIGINT', () => process.exit(130));
process.on('SIGTERM', () => process.exit(143));

async function assertSound(copy: Copy): Promise<void> {
  if (!(await copy.simulates())) throw new Error('the simulation fails without any fault');
  if (!(await copy.tests())) throw new Error('the tests fail without any fault');
}

async function killerOf(copy: Copy): Promise<Killer> {
  if (!(await copy.simulates())) return 'simulation';
  return (await copy.tests()) ? null : 'tests';
}

async function tried(copy: Copy, mutant: Mutant): Promise<Outcome> {
  const began = Date.now();
  const killer = await copy.with(mutant, () => killerOf(copy));
  const took = Math.round((Date.now() - began) / 1000);
  console.log(`${killer ?? 'NOBODY'}: ${mutant.file}: ${mutant.what} (${took} s)`);
  return { mutant, killer };
}

await assertSound(copies[0] as Copy);
const left = [...chosen];
const outcomes: Outcome[] = [];
async function work(copy: Copy): Promise<void> {
  for (let next = left.shift(); next; next = left.shift()) outcomes.push(await tried(copy, next));
}
await Promise.all(copies.map(work));
outcomes.sort((a, b) => chosen.indexOf(a.mutant) - chosen.indexOf(b.mutant));
const { page, isEnough } = report(outcomes, STEPS);
if (words.length > 0) console.log(page);
else writeFileSync('docs/mutants.md', page);
process.exitCode = isEnough ? 0 : 1;
