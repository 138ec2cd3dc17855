import { parseArgs } from 'node:util';
import { execa } from 'execa';
import { top } from '../../tools/machine/host.ts';
import { Machine } from '../../tools/machine/machine.ts';
import { whileBooted } from '../../tools/machine/while-booted.ts';
import { bringClock } from '../e2e/controller-clock.ts';
import { Random } from '../sim/random.ts';
import { Administrator, KINDS } from './changes.ts';
import { bringFaults } from './faults.ts';
import { type Footprint, footprint, grown } from './footprint.ts';
import type { ClientPlan, Findings } from './inside/client.ts';
import { bringPools, soakPools } from './pools.ts';
import { report } from './report.ts';
import { Saboteur } from './saboteur.ts';

/*
 * npm run soak -- [--minutes N] [--seed N] [--faults]: thirteen pools in a private machine under random load, and an administrator who
 * installs, rolls back, scales and restarts at random; with --faults also all that docs/reliability.md says can happen. Exits with 1 when
 * a command ended wrongly, status was wrong for longer than two seconds, a GET was lost that no fault excuses, a pool did not come back,
 * or the controller has grown. The seed is printed; the same one makes the same changes.
 */

const STOP = '/run/soak-stop';
/** The greatest rate of requests to a pool, a second. */
const MOST = 20;

/** Until then, a share of the time, faults may end the controller: its memory at the end has to be that of a long life. */
const DEADLY_SHARE = 1 / 3;
/** As the controller's memory is after its start, ms. */
const WARM_MS = 300_000;

/** Changes and, where there is a saboteur, faults in turn. Returns the controller's footprint at first and at the end. */
async function work(
  administrator: Administrator,
  saboteur: Saboteur | null,
  ms: number,
): Promise<Footprint[]> {
  const began = performance.now();
  const age = (): number => performance.now() - began;
  const calmAt = saboteur ? ms * DEADLY_SHARE : 0;
  let first: Footprint | null = null;
  // in turn, so that there are as many of each
  for (let i = 0; age() < ms; i++) {
    await administrator.change(KINDS[i % KINDS.length] ?? 'install');
    await saboteur?.strike(age() >= calmAt);
    if (!first && age() >= calmAt + WARM_MS) first = await footprint(administrator.machine);
  }
  return first ? [first, await footprint(administrator.machine)] : [];
}

async function soak(m: Machine, minutes: number, seed: number, hasFaults: boolean): Promise<string[]> {
  await bringClock(m);
  await bringPools(m);
  if (hasFaults) await bringFaults(m);
  const plan: ClientPlan = { stop: STOP, pools: soakPools.map(({ name }) => name), most: MOST };
  const asking = m.run(`${process.execPath} --import tsx test/soak/inside/client.ts`, JSON.stringify(plan));
  asking.catch(() => {});
  const random = new Random(seed);
  const administrator = new Administrator(m, random);
  const saboteur = hasFaults ? new Saboteur(m, random, administrator) : null;
  const took = await work(administrator, saboteur, minutes * 60_000).finally(() => m.run(`touch ${STOP}`));
  const findings = JSON.parse(await asking) as Findings;
  return [...report(administrator.done, saboteur?.suffered ?? [], findings), ...judged(took)];
}

/** Prints what the controller takes; returns what has grown. */
function judged([first, last]: readonly Footprint[]): string[] {
  if (!first || !last) return [];
  console.log(
    `the controller: ${first.memory} MB and ${first.files} files at first, ${last.memory} MB and ${last.files} files at the end`,
  );
  return grown(first, last);
}

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    faults: { type: 'boolean', default: false },
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
const problems = await whileBooted(machine, () => soak(machine, minutes, Number(values.seed), values.faults));
for (const line of problems) console.error(`PROBLEM: ${line}`);
console.log(problems.length === 0 ? 'nothing was wrong' : `${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
