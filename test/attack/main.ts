import { parseArgs } from 'node:util';
import { execa } from 'execa';
import { top } from '../../tools/machine/host.ts';
import { Machine } from '../../tools/machine/machine.ts';
import { whileBooted } from '../../tools/machine/while-booted.ts';
import { localUser } from './local-user.ts';
import { mutation } from './mutation.ts';
import type { Scenario } from './scenario.ts';

/*
 * npm run attack -- SCENARIO [--seconds N] [--seed N]: attacks a private machine and says what came of it. Exits with 1 when
 * something happened that must not. The seed is printed; the same one makes the same choices.
 */

/** Attacks a machine with each means of a scenario. Returns whether nothing happened that must not. */
async function attackWith(scenario: Scenario, seconds: number): Promise<boolean> {
  const machine = new Machine(`cgipool-attack-${process.pid}`);
  const problems = await whileBooted(machine, async () => {
    await scenario.prepare(machine);
    return scenario.attack(machine, seconds, line => console.log(line));
  });
  for (const line of problems) console.error(`PROBLEM: ${line}`);
  console.log(problems.length === 0 ? 'nothing happened that must not' : `${problems.length} problems`);
  return problems.length === 0;
}

/** By name: how long it takes by default, s, and what attacks for so long. */
const SCENARIOS: Readonly<
  Record<string, { seconds: number; attack: (seconds: number, seed: number) => Promise<boolean> }>
> = {
  mutation: { seconds: 120, attack: seconds => attackWith(mutation, seconds) },
  'local-user': { seconds: 600, attack: localUser },
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: 'string' }, seed: { type: 'string', default: String(Date.now() % 100_000) } },
});
const [name = ''] = positionals;
const scenario = SCENARIOS[name];
const seconds = Number(values.seconds ?? scenario?.seconds);

/** Ends before anything was done. */
function refuse(words: string): never {
  console.error(`attack: ${words}`);
  process.exit(2);
}

if (scenario === undefined) refuse(`choose a scenario: ${Object.keys(SCENARIOS).join(', ')}`);
if (!(seconds > 0)) refuse(`--seconds ${values.seconds} is no number of seconds`);
if (process.getuid?.() !== 0) refuse('needs root, to boot a private machine: sudo npm run attack');

console.log(`seed ${values.seed}`);
await execa('npm', ['run', '--silent', 'build'], { cwd: top, stdio: ['ignore', 'inherit', 'inherit'] });
await Machine.prepare();
process.exitCode = (await scenario.attack(seconds, Number(values.seed))) ? 0 : 1;
