import type { Machine } from '../../tools/machine/machine.ts';
import { bringExamples } from '../e2e/examples.ts';
import type { Hits, Mutations, Target } from './inside/mutate.ts';
import type { Fate } from './inside/steady.ts';
import { attacked } from './pools.ts';
import { figureOf, problemsIn, type Round } from './round.ts';
import type { Scenario } from './scenario.ts';
import { underSteadyLoad } from './steady.ts';
import { watch } from './watch.ts';
import { WAYS } from './ways.ts';

/*
 * Changed requests: over nginx to all pools, then past it in each protocol, as whoever may connect to a worker could send
 * them. Beside them a light load of good ones, over nginx.
 */

const CONF = '[Nginx]\nTLSCertificate=/etc/ssl/examples.pem\nTLSKey=/etc/ssl/private/examples.key\n';
/** gRPC needs HTTP/2, and so TLS. */
const CERTIFICATE = `openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost \
  -keyout /etc/ssl/private/examples.key -out /etc/ssl/examples.pem 2>&1`;

async function prepare(m: Machine): Promise<void> {
  await bringExamples(m);
  await m.run(CERTIFICATE);
  await m.write('/etc/cgipool/cgipool.conf', CONF);
  await m.install();
  for (const { pool } of attacked) await m.until(pool, p => p.healthy >= p.min && p.state === 'ok', 30);
}

/** So many that two cores have time to spare. */
const PER_SECOND = 20;

async function mutate(
  m: Machine,
  targets: readonly Target[],
  seconds: number,
  seed: number,
): Promise<Hits[]> {
  const mutations: Mutations = { seconds, seed, perSecond: PER_SECOND, targets };
  const asking = `${process.execPath} --import tsx test/attack/inside/mutate.ts`;
  return JSON.parse(await m.run(asking, JSON.stringify(mutations))) as Hits[];
}

const GETS = attacked.flatMap(({ pool, get }) => (get === undefined ? [] : [{ pool, path: get }]));

async function roundOf(m: Machine, way: string, targets: readonly Target[], seconds: number): Promise<Round> {
  let [hits, fates]: [Hits[], Fate[]] = [[], []];
  const watched = await watch(m, async () => {
    fates = await underSteadyLoad(m, GETS, async () => {
      hits = await mutate(m, targets, seconds, way.length);
    });
  });
  return { way, hits, fates, watched };
}

async function attack(m: Machine, seconds: number, tell: (line: string) => void): Promise<string[]> {
  const problems: string[] = [];
  for (const [way, targetsOf] of Object.entries(WAYS)) {
    const round = await roundOf(m, way, await targetsOf(m), seconds);
    tell(figureOf(round));
    problems.push(...problemsIn(round));
  }
  return problems;
}

export const mutation: Scenario = { prepare, attack };
