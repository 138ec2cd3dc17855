import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { Random } from '../../../src/simulate/random.ts';
import { model, poisson, policy, type Request, run, steady } from '../given.ts';

const test = suite('queueing');

/** A fixed number of instances. */
const fixed = (instances: number) => policy({ concurrency: null }, { min: instances, max: instances });

interface Waits {
  mean: number;
  share: number;
}

function waits(requests: readonly Request[], instances: number, threads = 1): Waits {
  const { tally } = run(requests, fixed(instances), model({ threads }));
  assert.equal(tally.waits.count, requests.length);
  return { mean: tally.waits.mean ?? -1, share: tally.waits.positive / requests.length };
}

const within = (value: number, wanted: number, tolerance: number, what: string): void =>
  assert.ok(Math.abs(value - wanted) <= tolerance * wanted, `${what}: ${value} is not near ${wanted}`);

const MANY = 200_000;
const SERVICE = 50;
const exponential = (random: Random): number => random.exponential(SERVICE);

test('D/D/1: no wait below capacity; above it the wait grows by the excess', () => {
  assert.deepEqual(waits(steady(1000, 50, 49), 1), { mean: 0, share: 0 });
  const { mean, share } = waits(steady(1000, 50, 60), 1);
  // the nth request waits n x 10 ms
  within(mean, 4995, 1e-9, 'mean wait');
  assert.equal(share, 0.999);
});

test('M/M/1: the mean wait is rho / (mu - lambda), and the share that waits is rho', () => {
  for (const rho of [0.3, 0.7]) {
    const { mean, share } = waits(poisson(MANY, (rho * 1000) / SERVICE, exponential), 1);
    within(mean, (rho * SERVICE) / (1 - rho), 0.05, `mean wait at ${rho}`);
    within(share, rho, 0.02, `share at ${rho}`);
  }
});

test('M/D/1: the mean wait is half that of M/M/1', () => {
  const { mean } = waits(
    poisson(MANY, 14, () => SERVICE),
    1,
  );
  within(mean, (0.7 * SERVICE) / 0.3 / 2, 0.05, 'mean wait');
});

/** The probability that all servers are busy, by Erlang's C formula; `load` is in erlang. */
function erlangC(servers: number, load: number): number {
  let blocked = 1;
  for (let n = 1; n <= servers; n += 1) blocked = (load * blocked) / (n + load * blocked);
  return blocked / (1 - (load / servers) * (1 - blocked));
}

test("M/M/c: an instance with c threads has the waits of Erlang's C formula", () => {
  const [servers, load] = [4, 3];
  const { mean, share } = waits(poisson(MANY, (load * 1000) / SERVICE, exponential), 1, servers);
  within(share, erlangC(servers, load), 0.03, 'share');
  within(mean, (erlangC(servers, load) * SERVICE) / (servers - load), 0.05, 'mean wait');
});

test('with a queue per instance the mean wait is longer than with a shared one, and below random routing', () => {
  const [servers, load] = [4, 3];
  const { mean } = waits(poisson(MANY, (load * 1000) / SERVICE, exponential), servers);
  const [shared, random] = [(erlangC(servers, load) * SERVICE) / (servers - load), 150];
  assert.ok(mean > shared * 1.05 && mean < random / 2, `${mean} is not between ${shared} and ${random / 2}`);
});

test('a request goes to the instance with the fewest connections, round robin among equals', () => {
  const { tally } = run(
    [
      [0, 1000],
      [1, 99],
      [2, 498],
      // all have one: it waits for the next in turn, until 1000
      [3, 10],
      // one has none
      [150, 50],
      // two have one: it waits for the next in turn, until 500
      [160, 10],
    ],
    fixed(3),
  );
  assert.deepEqual([tally.waits.positive, tally.waits.longest, tally.mostWaiting], [2, 997, 2]);
  assert.equal(Math.round((tally.waits.mean ?? 0) * 6), 997 + 340);
});

test('the response time is the wait plus the service time', () => {
  const { tally } = run(
    [
      [0, 100],
      [0, 100],
    ],
    fixed(1),
  );
  assert.deepEqual([tally.responses.longest, tally.responses.mean, tally.waits.longest], [200, 150, 100]);
});

test.run();
