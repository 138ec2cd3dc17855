import { parseArgs } from 'node:util';
import { execa } from 'execa';
import { Machine } from '../../tools/machine/machine.ts';
import { localUser } from './local-user.ts';

/*
 * npm run attack -- SCENARIO [--seconds N] [--seed N]: attacks a private machine for so long, at random. The seed is printed;
 * the same one makes the same choices.
 */

/** Runs an attack for some seconds; whether all promises were kept. */
type Scenario = (seconds: number, seed: number) => Promise<boolean>;

const SCENARIOS: Readonly<Record<string, Scenario>> = { 'local-user': localUser };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '600' },
    seed: { type: 'string', default: String(Date.now() % 100_000) },
  },
});
const scenario = SCENARIOS[positionals[0] ?? ''];
if (!scenario)
  throw new Error(`npm run attack -- ${Object.keys(SCENARIOS).join('|')} [--seconds N] [--seed N]`);
console.log(`seed ${values.seed}`);
await execa('npm', ['run', '--silent', 'build'], { stdio: ['ignore', 'ignore', 'inherit'] });
await Machine.prepare();
process.exitCode = (await scenario(Number(values.seconds), Number(values.seed))) ? 0 : 1;
