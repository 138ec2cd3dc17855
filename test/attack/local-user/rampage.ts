import { setMaxListeners } from 'node:events';
import { Random } from '../../sim/random.ts';
import { calls } from './deeds/bus.ts';
import { commands } from './deeds/commands.ts';
import { flood, idle } from './deeds/connections.ts';
import { fromPoolPorts, twins } from './deeds/disguise.ts';
import { files } from './deeds/files.ts';
import { forge } from './deeds/forge.ts';
import { logPort } from './deeds/log-port.ts';
import { metric } from './deeds/metric.ts';
import { sockets } from './deeds/sockets.ts';
import { squat } from './deeds/squat.ts';
import { temporaryFiles } from './deeds/temporary-files.ts';
import { slowBodies, web } from './deeds/web.ts';
import { Loot } from './loot.ts';
import { type Deed, hold, type Mallory } from './mallory.ts';

/*
 * Runs in the machine, as the user mallory: `rampage.ts SEED SECONDS` does one thing after the other at random, in several
 * lanes at once. The same seed makes the same choices; what comes of them depends on the machine.
 */

const [seed = '1', seconds = '20'] = process.argv.slice(2);

/** How often each is chosen, beside the others. */
const DEEDS: readonly [name: string, deed: Deed, weight: number][] = [
  ['squat', squat, 6],
  ['idle', idle, 3],
  ['flood', flood, 2],
  ['from pool ports', fromPoolPorts, 3],
  ['twins', twins, 2],
  ['sockets', sockets, 2],
  ['forge', forge, 3],
  ['bus', calls, 3],
  ['log port', logPort, 2],
  ['metric', metric, 4],
  ['files', files, 1],
  ['commands', commands, 2],
  ['temporary files', temporaryFiles, 1],
  ['web', web, 2],
  ['slow bodies', slowBodies, 2],
];
const LANES = 4;
/** Between two deeds, ms. */
const REST_MS = 100;

const end = AbortSignal.timeout(Number(seconds) * 1000);
setMaxListeners(0, end);
const loot = new Loot();
const taken = new Set<number>();

const urn = DEEDS.flatMap(deed => new Array<(typeof DEEDS)[number]>(deed[2]).fill(deed));

async function act([name, deed]: (typeof DEEDS)[number], mallory: Mallory): Promise<void> {
  await deed(mallory).catch((error: Error) => loot.fail(`${name}: ${error.message}`));
  loot.done(name);
  await hold(REST_MS, mallory);
}

async function lane(number: number): Promise<void> {
  const dice = new Random(Number(seed) * LANES + number);
  // each kind once at first: a short run has all of them too
  const first = DEEDS.filter((_, i) => i % LANES === number);
  while (!end.aborted) {
    const next = first.shift() ?? dice.pick(urn);
    if (next) await act(next, { dice, loot, end, taken });
  }
}

await Promise.all(Array.from({ length: LANES }, (_, number) => lane(number)));
process.exit(0);
