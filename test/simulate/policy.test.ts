import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { Simulation } from '../../src/simulate/simulation.ts';
import { model, policy, type Request, run, START, steady } from './given.ts';

const test = suite('simulated policy');

/** The mean number of instances at a time, ms from START. */
const instancesAt = ({ tally, end }: Simulation, at: number): number | undefined =>
  tally.series.points(end).find(p => p.at <= START + at && START + at < p.at + p.length)?.instances;

test('load adds instances at the next tick, and the window keeps them', () => {
  // three at a time from 10 s to 70 s, and a late one
  const done = run([...steady(1200, 50, 150, 10_020), [300_000, 1]], policy({}));
  assert.deepEqual(
    [0, 40_000, 100_000, 160_000].map(at => instancesAt(done, at)),
    [1, 8, 3, 1],
  );
  assert.deepEqual([done.tally.least, done.tally.most], [1, 8]);
  assert.equal(done.tally.moves.flaps, 0);
});

test('a simulated instance serves after its start time, not before', () => {
  const load = steady(400, 50, 100, 0);
  const waited = (startTime: number): number =>
    run(load, policy({}), model({ startTime })).tally.waits.longest;
  assert.ok(waited(4000) >= waited(0) + 1500, `${waited(0)} and ${waited(4000)}`);
});

test('with CPU= the CPU share of the service time decides', () => {
  const cpu = { concurrency: null, cpu: 0.5 };
  const load = steady(2000, 100, 80);
  const most = (cpuShare: number): number => run(load, policy(cpu), model({ cpuShare })).tally.most;
  assert.equal(most(0.3), 1);
  assert.ok(most(1) > 1);
});

test('without a target the number of simulated instances never changes', () => {
  const { tally } = run(steady(1000, 50, 150), policy({ concurrency: null }));
  assert.deepEqual([tally.most, tally.moves.ups], [1, 0]);
});

test('with Min=0 a request wakes a simulated pool immediately, and IdleTimeout= puts it to sleep', () => {
  const asleep = policy({ idleTimeout: 30_000 }, { min: 0, max: 4 });
  const done = run(
    [
      [1000, 100],
      [1200, 100],
      [200_000, 100],
    ],
    asleep,
  );
  const { tally } = done;
  // each waits for a start, the second also for the first, and the third for another start
  assert.deepEqual([tally.waits.positive, tally.waits.longest, tally.mostWaiting], [3, 500, 2]);
  assert.deepEqual(tally.moves, { ups: 2, downs: 1, flaps: 1 });
  assert.deepEqual([tally.least, tally.most, instancesAt(done, 150_000)], [0, 1, 0]);
  // awake from 1 s to the first tick 30 s after the last activity, which is seen 15 s after the request
  const awake = tally.instanceTime / 1000;
  assert.ok(awake > 30 && awake < 60, `${awake} s`);
});

test('a simulated pool that wakes does not fall asleep before it is ready', () => {
  const slow = model({ startTime: 20_000 });
  const { tally } = run(
    [
      [1000, 100],
      [500_000, 100],
    ],
    policy({ idleTimeout: 2000 }, { min: 0, max: 4 }),
    slow,
  );
  assert.deepEqual([tally.waits.longest, tally.moves.ups], [20_000, 2]);
});

test('a request that wakes a pool counts as activity, even if the windows end before the first tick', () => {
  const brief = policy({ stableWindow: 1000, panicWindow: 1000, idleTimeout: 60_000 }, { min: 0, max: 4 });
  const { tally } = run(
    [
      [500, 10],
      [500_000, 10],
    ],
    brief,
    model({ startTime: 100 }),
  );
  // awake until the first tick 60 s after the request, and for 110 ms at the end
  assert.equal(Math.round(tally.instanceTime), 65_000 - 500 + 111);
});

test('a draining instance finishes its requests and receives no new ones', () => {
  // 8 run when the load ends; the last of them has a long request
  const long: Request = [69_000, 200_000];
  const done = run(
    [...steady(1200, 50, 150, 10_000), long, ...steady(20, 10_000, 1, 80_000)].sort((a, b) => a[0] - b[0]),
    policy({ window: 10_000 }),
  );
  assert.equal(done.tally.waits.count, 1221);
  assert.ok(done.tally.responses.longest >= 200_000);
  assert.equal(instancesAt(done, 200_000), 2, 'one that stays, one that drains');
  assert.equal(instancesAt(done, done.end - START), 1);
});

test('a draining instance is kept before a new one is started', () => {
  const busy = steady(600, 50, 300, 0);
  const long = Array.from({ length: 6 }, (): Request => [30_000, 120_000]);
  const { tally } = run(
    [...busy, ...long, ...steady(600, 50, 300, 60_000)].sort((a, b) => a[0] - b[0]),
    policy({ window: 5001 }),
  );
  assert.ok(tally.moves.downs > 0, 'it shrank meanwhile');
  assert.ok(tally.most <= 8, `${tally.most} instances ran at once`);
});

test('bounds that change over time are followed, even without requests', () => {
  const noon = START + 3_600_000;
  const boundsAt = (ms: number) => (ms < noon ? { min: 1, max: 8 } : { min: 5, max: 8 });
  const done = run(
    [
      [0, 10],
      [7_200_000, 10],
    ],
    policy({}, { min: 1, max: 8 }, boundsAt),
  );
  assert.deepEqual([instancesAt(done, 3_500_000), instancesAt(done, 3_700_000)], [1, 5]);
  assert.equal(done.tally.moves.ups, 1);
});

/** All results of a simulation. */
const outcome = ({ tally, end }: Simulation): unknown => [
  tally.moves,
  tally.instanceTime,
  tally.waits.mean,
  tally.responses.mean,
  tally.series.points(end),
  end,
];

test('skipping ticks without requests does not change the result', () => {
  const bursts = [0, 60_000, 200_000, 1_000_000, 1_030_000, 4_000_000].flatMap(from =>
    steady(400, 25, 100, from + 137),
  );
  const policies = [
    policy({}),
    policy({ window: 600_000, stepDown: { instances: 1 } }),
    policy({ spare: 2, idleTimeout: 900_000 }, { min: 0, max: 8 }),
    policy({ idleTimeout: 40_000, panicWindow: 20_000 }, { min: 0, max: 8 }),
    policy({ concurrency: null, latency: { quantile: 0.95, target: 120 } }),
    policy({ concurrency: null, cpu: 0.7, stepUp: { share: 0.5 } }, { min: 2, max: 8 }),
  ];
  for (const tried of policies)
    assert.deepEqual(outcome(run(bursts, tried)), outcome(run(bursts, tried, model(), false)));
});

test('a year without requests is simulated quickly', () => {
  let asked = 0;
  const year = 365 * 86_400_000;
  const tried = policy({}, { min: 1, max: 8 }, () => {
    asked += 1;
    return { min: 1, max: 8 };
  });
  const done = run(
    [
      [0, 100],
      [year, 100],
    ],
    tried,
  );
  // only the bounds of each tick are computed
  assert.ok(asked > year / 5000 - 100);
  assert.equal(Math.round(done.tally.instanceTime / 1000), year / 1000);
});

test.run();
