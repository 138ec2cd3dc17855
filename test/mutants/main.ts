import { writeFileSync } from 'node:fs';
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

const copy = new Copy(STEPS);
process.on('exit', () => copy.remove());
process.on('SIGINT', () => process.exit(130));
if (!copy.simulates()) throw new Error('the simulation fails without any fault');
if (!copy.tests()) throw new Error('the tests fail without any fault');

const killerOf = (mutant: Mutant): Killer =>
  copy.with(mutant, () => (copy.simulates() ? (copy.tests() ? null : 'tests') : 'simulation'));

function tried(mutant: Mutant): Outcome {
  const began = Date.now();
  const killer = killerOf(mutant);
  const took = Math.round((Date.now() - began) / 1000);
  console.log(`${killer ?? 'NOBODY'}: ${mutant.file}: ${mutant.what} (${took} s)`);
  return { mutant, killer };
}

const outcomes = chosen.map(tried);
const { page, isEnough } = report(outcomes, STEPS);
if (words.length > 0) console.log(page);
else writeFileSync('docs/mutants.md', page);
process.exitCode = isEnough ? 0 : 1;
