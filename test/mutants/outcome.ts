import type { Mutant } from './mutant.ts';

/** Who told a mutant from the original: the simulation by itself, else the tests, else nobody. */
export type Killer = 'simulation' | 'tests' | null;

export interface Outcome {
  mutant: Mutant;
  killer: Killer;
}

/** The least shares that are to be found, percent. */
const LEAST = { simulation: 85, together: 95 };

const percent = (part: number, all: number): number => Math.floor((1000 * part) / all) / 10;

const cells = (...texts: string[]): string => `| ${texts.join(' | ')} |`;
const named = ({ file, what }: Mutant): [string, string] => [`\`${file}\``, what];

/** What came of it, as a page, and whether that is enough. */
export function report(all: readonly Outcome[], steps: number): { page: string; isEnough: boolean } {
  const by = (killer: Killer): Mutant[] => all.filter(o => o.killer === killer).map(o => o.mutant);
  const [simulated, tested, left] = [by('simulation'), by('tests'), by(null)];
  const alone = percent(simulated.length, all.length);
  const together = percent(simulated.length + tested.length, all.length);
  const page = [
    '# Mutants',
    '',
    '`npm run test:mutants` puts one fault after the other into a copy of `src/plan/` and `src/scale/`, and asks whether anything tells it',
    'from the original: first the simulation, then the tests of `test/plan/` and `test/scale/`. It writes this page. The faults are',
    'in `test/mutants/`, and `npm test` sees to it that each can still be applied.',
    '',
    `- ${all.length} faults, in ${new Set(all.map(o => o.mutant.file)).size} files; ${steps} passes of the simulation for each.`,
    `- The simulation by itself finds ${simulated.length} of them (${alone}%).`,
    `- With the tests ${simulated.length + tested.length} are found (${together}%).`,
    '',
    '## Found by the tests alone',
    '',
    '| File | What no longer holds |',
    '| --- | --- |',
    ...tested.map(mutant => cells(...named(mutant))),
    '',
    '## Not found',
    '',
    '| File | What no longer holds | Why |',
    '| --- | --- | --- |',
    ...left.map(mutant => cells(...named(mutant), mutant.survives ?? 'not known')),
    '',
  ].join('\n');
  return { page, isEnough: alone >= LEAST.simulation && together >= LEAST.together };
}
