import { parseArgs } from 'node:util';
import { execa } from 'execa';
import { top } from '../../tools/machine/host.ts';
import { Machine } from '../../tools/machine/machine.ts';
import { whileBooted } from '../../tools/machine/while-booted.ts';
import { Random } from '../sim/random.ts';
import { Administrator, KINDS } from './changes.ts';
import type { ClientPlan, Findings } from './inside/client.ts';
import { bringPools, soakPools } from './pools.ts';
import { report } from './report.ts';

/*
 * npm run soak -- [--minutes N] [--seed N]: twelve pools in a private machine under random load, and an administrator who installs,
 * rolls back, scales and restarts at random. Exits with 1 when a command ended wrongly, status was wrong for longer than two seconds,
 * or a GET was lost. The seed is printed; the same one makes the same changes.
 */

const STOP = '/run/soak-stop';
/** The greatest rate of requests to a pool, a second. */
const MOST = 20;

async function administrate(administrator: Administrator, until: number): Promise<void> {
  // in turn, so that there are as many of each
  for (let i = 0; performance.now() < until; i++)
    await administrator.change(KINDS[i % KINDS.length] ?? 'install');
}

async function soak(m: Machine, minutes: number, seed: number): Promise<string[]> {
  await bringPools(m);
  const plan: ClientPlan = { stop: STOP, pools: soakPools.map(({ name }) => name), most: MOST };
  const asking = m.run(`${process.execPath} --import tsx test/soak/inside/client.ts`, JSON.stringify(plan));
  asking.catch(() => {});
  const administrator = new Administrator(m, new Random(seed));
  await administrate(administrator, performance.now() + minutes * 60_000).finally(() =>
    m.run(`touch ${STOP}`),
  );
  const findings = JSON.parse(await asking) as Findings;
  return report(administrator.done, findings);
}

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    seed: { type: 'string', default: String(Date.now() % 100_000) },
  },
});
const minutes = Number(values.minutes);

/** Ends before anything was done. */
function refuse(words: string): never {
  console.error(`soak: ${words}`);
  process.exit(2);
}

if (!(minutes > 0)) refuse(`--minutes ${values.minutes} is no number of minutes`);
if (process.getuid?.() !== 0) refuse('needs root, to boot a private machine: sudo npm run soak');

console.log(`seed ${values.seed}`);
await execa('npm', ['run', '--silent', 'build'], { cwd: top, stdio: ['ignore', 'inherit', 'inherit'] });
await Machine.prepare();
const machine = new Machine(`cgipool-soak-${process.pid}`);
const problems = await whileBooted(machine, () => soak(machine, minutes, Number(values.seed)));
for (const line of problems) console.error(`PROBLEM: ${line}`);
console.log(problems.length === 0 ? 'nothing was wrong' : `${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
