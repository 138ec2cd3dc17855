import { existsSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { type AttackedPool, POOLS, pathOf, SECRETS } from './pools.ts';
import { STRANGER } from './stranger.ts';
import { type Fate, isServed, type Tally, tallyOf } from './tally.ts';

/*
 * Runs in the machine: `innocents.ts STOP OUT` sends GETs to each pool at its rate until the file STOP is there, and writes
 * what became of them to OUT, a Tally for each pool.
 */

const [stop = '', out = ''] = process.argv.slice(2);
const TIMEOUT_MS = 40_000;
/** How often a sleeping pool is asked, and for how long. */
const [BURST_EVERY_MS, BURST_MS] = [15_000, 2_000];
const TICK_MS = 5;

const began = Date.now();
const isStopped = (): boolean => existsSync(stop);

function get(pool: AttackedPool): Promise<Fate> {
  const at = Date.now();
  const url = `http://localhost${pathOf(pool)}?secret=${SECRETS.query}`;
  return new Promise(resolve => {
    const done = (outcome: string): void => resolve({ at, took: Date.now() - at, outcome });
    const call = http.get(url, { agent: false, family: 4, timeout: TIMEOUT_MS }, answer => {
      let body = '';
      answer
        .setEncoding('utf8')
        .on('data', text => {
          body += text;
        })
        .on('error', error => done(error.message))
        .on('end', () => done(judged(pool, answer.statusCode, body)));
    });
    call.on('timeout', () => call.destroy(new Error('timeout'))).on('error', error => done(error.message));
  });
}

function judged({ name }: AttackedPool, status: number | undefined, body: string): string {
  if (body.includes(STRANGER)) return STRANGER;
  if (status !== 200) return String(status);
  return body.startsWith(`${name} `) ? 'ok' : 'another body';
}

const isDue = ({ isSleeping }: AttackedPool): boolean =>
  !isSleeping || (Date.now() - began) % BURST_EVERY_MS < BURST_MS;

/** At a constant rate, whatever becomes of the requests. */
async function load(pool: AttackedPool): Promise<[string, Tally]> {
  const sent: Promise<Fate>[] = [];
  let bursts = 0;
  for (let [due, wasDue] = [0, false]; !isStopped(); await setTimeout(TICK_MS)) {
    const isOn = isDue(pool);
    if (isOn && !wasDue) bursts++;
    if (!isOn || !wasDue) due = Date.now();
    for (wasDue = isOn; isOn && due <= Date.now(); due += 1000 / pool.rate) sent.push(get(pool));
  }
  return [pool.name, tallyOf(await Promise.all(sent), bursts)];
}

const tallies = await Promise.all(POOLS.map(load));
writeFileSync(out, JSON.stringify(Object.fromEntries(tallies)));
if (!tallies.some(([, tally]) => isServed(tally))) process.exitCode = 1;
