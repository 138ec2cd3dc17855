import { writeFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import type { PoolStatus, Status } from '../../src/plan/status/report.ts';
import { Machine } from '../../tools/machine/machine.ts';
import { whileBooted } from '../../tools/machine/while-booted.ts';
import { Random } from '../sim/random.ts';
import { AccidentMaker } from './local-user/accidents.ts';
import { controllerOf, type Facts, lootOf, peakOf } from './local-user/facts.ts';
import { bringPools } from './local-user/pools.ts';
import { reportOf } from './local-user/report.ts';
import { broken } from './local-user/verdict.ts';

/** How long it may take until all is well again before this gives up, ms. */
const PATIENCE_MS = 330_000;

const TSX = 'node --import tsx test/attack/local-user';

/** As an ordinary user, with as much of the machine as leaves some to the others. */
const RAMPAGE =
  'systemd-run --quiet --unit rampage --uid mallory --working-directory /usr/src/cgipool -p CPUQuota=60% -p LimitNOFILE=20000';

/** Runs until the file /srv/stop is there. */
function startInnocents(m: Machine): Promise<string> {
  const running = m.run(`rm -f /srv/stop; ${TSX}/innocents.ts /srv/stop /srv/tallies.json`);
  // whoever fails meanwhile never awaits it
  running.catch(() => {});
  return running;
}

/** Milliseconds until it holds of the status; null when it never does. */
async function until(m: Machine, holds: (status: Status) => boolean): Promise<number | null> {
  const began = performance.now();
  for (;;) {
    const status = await m.status();
    const took = Math.round(performance.now() - began);
    if (holds(status)) return took;
    if (took > PATIENCE_MS) {
      console.log(
        JSON.stringify(
          status.pools.filter(p => !isServing(p) || p.problems.length > 0),
          null,
          1,
        ),
      );
      return null;
    }
    await setTimeout(100);
  }
}

const isServing = ({ state }: PoolStatus): boolean => state === 'ok' || state === 'asleep';

/** That many workers died is true, and stays so for two minutes. */
const isOfDeaths = (problem: string): boolean => problem.includes(' keep dying');

/** From now on, ms: until all pools serve, and until the status has no problem left. */
async function recovery(m: Machine): Promise<Facts['recovery']> {
  const serving = await until(m, ({ pools }) => pools.every(isServing));
  const clean = await until(m, ({ pools, problems }) =>
    [...problems, ...pools.flatMap(pool => pool.problems)].every(isOfDeaths),
  );
  return { serving, clean: clean === null || serving === null ? null : clean + serving };
}

/** Lets the user mallory loose on a machine with its pools, under load; what came of it. */
export async function attack(m: Machine, seconds: number, seed: number): Promise<Facts> {
  const before = await controllerOf(m);
  const since = await m.mark();
  const innocents = startInnocents(m);
  const accidents = new AccidentMaker(m, new Random(seed));
  const end = performance.now() + seconds * 1000;
  await m.run(
    `${RAMPAGE} $(command -v node) --import tsx test/attack/local-user/rampage.ts ${seed} ${seconds}`,
  );
  await accidents.run(() => performance.now() > end);
  await m.run('systemctl stop rampage 2>/dev/null || :');
  const recovered = await recovery(m);
  await m.run('touch /srv/stop');
  await innocents;
  return {
    ...{ seed, seconds, accidents: accidents.so, recovery: recovered },
    ...(await lootOf(m, accidents.so)),
    tallies: JSON.parse(await m.run('cat /srv/tallies.json')),
    controller: { before, after: await controllerOf(m), peakMB: await peakOf(m) },
    journal: (await m.run(`journalctl -u cgipool -o cat ${since}`)).split('\n'),
  };
}

/** `npm run attack -- local-user`: in a machine of its own; whether all promises were kept. */
export function localUser(seconds: number, seed: number): Promise<boolean> {
  const machine = new Machine(`cgipool-attack-${process.pid}`);
  return whileBooted(machine, async () => {
    await bringPools(machine);
    const facts = await attack(machine, seconds, seed);
    if (process.env.ATTACK_FACTS) writeFileSync(process.env.ATTACK_FACTS, JSON.stringify(facts, null, 1));
    for (const line of reportOf(facts)) console.log(line);
    const found = broken(facts);
    for (const what of found) console.log(`BROKEN: ${what}`);
    return found.length === 0;
  });
}
