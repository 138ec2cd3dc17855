import { parseArgs } from 'node:util';
import { execa } from 'execa';
import { top } from '../../tools/machine/host.ts';
import { Machine } from '../../tools/machine/machine.ts';
import { whileBooted } from '../../tools/machine/while-booted.ts';
import { mutation } from './mutation.ts';
import type { Scenario } from './scenario.ts';

/*
 * npm run attack -- SCENARIO --seconds N: boots a private machine, attacks what runs on it with each means for N seconds, and
 * says what came of it. Exits with 1 when something happened that must not.
 */

const SCENARIOS: Record<string, Scenario> = { mutation };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seconds: { type: 'string', default: '120' } },
});
const [name = 'mutation'] = positionals;
const seconds = Number(values.seconds);
const scenario = SCENARIOS[name];

/** Ends before anything was done. */
function refuse(words: string): never {
  console.error(`attack: ${words}`);
  process.exit(2);
}

if (scenario === undefined) refuse(`no scenario is called ${name}: ${Object.keys(SCENARIOS).join(', ')}`);
if (!(seconds > 0)) refuse(`--seconds ${values.seconds} is no number of seconds`);
if (process.getuid?.() !== 0) refuse('needs root, to boot a private machine: sudo npm run attack');

await execa('npm', ['run', '--silent', 'build'], { cwd: top, stdio: ['ignore', 'inherit', 'inherit'] });
await Machine.prepare();
const machine = new Machine(`cgipool-attack-${process.pid}`);
const problems = await whileBooted(machine, async () => {
  await scenario.prepare(machine);
  return scenario.attack(machine, seconds, line => console.log(line));
});
for (const line of problems) console.error(`PROBLEM: ${line}`);
console.log(problems.length === 0 ? 'nothing happened that must not' : `${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
