import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { nothingPublished } from '../../../src/model/routing.ts';
import type { World } from '../../../src/plan/world.ts';
import { Drive } from '../drive.ts';
import type { Worker } from '../fake-worker.ts';
import { installed, pool } from '../fake-world.ts';

const test = suite('plan: liveness');

/** Makes the worker of a slot hang, with the connections that it holds. */
function hang(drive: Drive, slot: number, holds: Partial<Worker> = {}): Worker {
  const worker = drive.fake.workers.get(`search@${slot}`);
  assert.ok(worker);
  return Object.assign(worker, { behaviour: 'hangs', ...holds });
}

const freeze = (drive: Drive, slot: number): Worker => hang(drive, slot, { behaviour: 'freezes' });

/** The actions after the first `before` ones: `restart 8000`. */
const done = (drive: Drive, before: number): string[] =>
  drive.actions
    .slice(before)
    .map(action => ('slot' in action ? `${action.kind} ${action.slot}` : action.kind));

test('a hung instance without requests is restarted in place, without an nginx reload', () => {
  const drive = new Drive(installed(pool()));
  drive.run(5000);
  const before = drive.actions.length;
  freeze(drive, 8000);
  drive.run(3000);
  assert.deepEqual(done(drive, before), ['restart 8000']);
  assert.deepEqual(drive.slots(), [8000, 8001]);
  assert.equal(drive.memory.pools.search?.instances[8000]?.phase, 'healthy');
  assert.equal(drive.memory.pools.search?.failures.count, 1);
});

test('if an instance hangs again soon, its slot backs off and another takes over', () => {
  const drive = new Drive(installed(pool()));
  drive.run(5000);
  freeze(drive, 8000);
  drive.run(5000);
  freeze(drive, 8000);
  drive.run(5000);
  assert.deepEqual(drive.published(), [8001, 8002]);
  assert.deepEqual(drive.slots(), [8001, 8002]);
});

test('a hung instance of an old revision is not restarted: its successor starts on another slot', () => {
  const drive = new Drive(installed(pool()));
  drive.run(5000);
  drive.installed = installed({ ...pool(), rollout: { ...pool().rollout, surge: 0, batch: 0 } });
  for (const each of drive.installed.pools) each.revision = drive.fake.now;
  freeze(drive, 8000);
  drive.run(3000);
  assert.ok(!drive.kinds().includes('restart'));
});

test('a hung instance that does not stop is unpublished and replaced on another slot', () => {
  const drive = new Drive(installed(pool()));
  drive.run(5000);
  hang(drive, 8000);
  drive.run(4000);
  assert.deepEqual(drive.published(), [8001, 8002]);
  assert.deepEqual(drive.slots(), [8001, 8002]);
  assert.equal(drive.memory.pools.search?.failures.count, 1);
  drive.run(10_000);
  assert.deepEqual(drive.slots(), [8001, 8002], 'the restarted instance is no longer needed');
});

test('a hung instance is replaced if its restart could not be requested', () => {
  const drive = new Drive(installed(pool()));
  drive.run(5000);
  const worker = freeze(drive, 8000);
  worker.restart = () => {};
  drive.run(4000);
  assert.deepEqual(drive.published(), [8001, 8002]);
  assert.deepEqual(drive.slots(), [8001, 8002]);
});

const healthyNow = (drive: Drive): Worker[] =>
  drive.fake
    .alive()
    .filter(({ unit }) => drive.memory.pools.search?.instances[unit.slot]?.phase === 'healthy');

/** Freezes the youngest instance at this age, ms, four times. Returns how long each recovery took, ms. */
function hangAgain(drive: Drive, age: number): number[] {
  return [1, 2, 3, 4].map(() => {
    drive.run(age);
    const [youngest] = healthyNow(drive).sort((a, b) => b.unit.startedAt - a.unit.startedAt);
    assert.ok(youngest);
    const { slot, invocation } = freeze(drive, youngest.unit.slot).unit;
    const from = drive.fake.now;
    const isBack = (): boolean =>
      healthyNow(drive).every(({ unit }) => unit.slot !== slot || unit.invocation !== invocation) &&
      drive.published().every(each => healthyNow(drive).some(({ unit }) => unit.slot === each)) &&
      drive.published().length >= 2;
    for (let i = 0; i < 300 && !isBack(); i++) drive.run(100);
    return drive.fake.now - from;
  });
}

test('instances that keep hanging are replaced at once if they were well for a while before', () => {
  const drive = new Drive(installed(pool({ slots: [1, 2, 3, 4, 5, 6, 7, 8], max: 8 })));
  for (const took of hangAgain(drive, 12_000)) assert.ok(took <= 1500, `${took} ms`);
  assert.equal(drive.memory.pools.search?.failures.count, 1);
});

test('if instances hang soon after their start, the pool backs off', () => {
  const drive = new Drive(installed(pool({ slots: [1, 2, 3, 4, 5, 6, 7, 8], max: 8 })));
  const took = hangAgain(drive, 4000);
  assert.ok((took[3] ?? 0) > 3000, took.join());
  assert.ok((drive.memory.pools.search?.failures.count ?? 0) > 1);
});

test('an instance that may only be slow is replaced but finishes its requests, which is no failure', () => {
  const drive = new Drive(installed(pool()));
  drive.run(5000);
  const slow = hang(drive, 8000, { connections: 1, oldest: 1000 });
  drive.run(20_000);
  assert.deepEqual(drive.published(), [8001, 8002]);
  assert.deepEqual(drive.slots(), [8000, 8001, 8002], 'it has 30 s, as long as nginx waits');
  slow.behaviour = 'well';
  Object.assign(slow, { connections: 0, oldest: null });
  drive.run(1000);
  assert.deepEqual(drive.slots(), [8001, 8002]);
  assert.equal(drive.memory.pools.search?.failures.count, 0);
});

test('a hung instance with requests is stopped when nginx gives up on them, which is a failure', () => {
  const drive = new Drive(installed(pool()));
  drive.run(5000);
  hang(drive, 8000, { connections: 1, oldest: 1000 });
  drive.run(34_000);
  assert.deepEqual(drive.slots(), [8001, 8002]);
  assert.equal(drive.memory.pools.search?.failures.count, 1);
});

test("two hung instances are replaced one by one, the second before the first one's requests end", () => {
  const drive = new Drive(installed(pool({ min: 5, slots: [1, 2, 3, 4, 5, 6, 7, 8], max: 8 })));
  drive.run(5000);
  for (const slot of [1, 2]) hang(drive, slot, { connections: 1, oldest: 1000 });
  drive.run(6000, {}, () => assert.ok(drive.published().length >= 3));
  assert.deepEqual(drive.published(), [3, 4, 5, 6, 7]);
});

test('during an outage no instance is stopped and all stay published', () => {
  const drive = new Drive(installed(pool({ min: 4 })));
  drive.run(5000);
  for (const worker of drive.fake.workers.values()) worker.behaviour = 'hangs';
  const before = drive.actions.length;
  drive.run(20_000);
  assert.deepEqual(
    drive.actions.slice(before).filter(a => a.kind === 'stop'),
    [],
  );
  assert.deepEqual(drive.published(), [8000, 8001, 8002, 8003]);
});

test('the only instance of a pool is replaced when it hangs', () => {
  const drive = new Drive(installed(pool({ min: 1, max: 1 })));
  drive.run(5000);
  const only = drive.fake.workers.get('search@8000');
  assert.ok(only);
  only.behaviour = 'hangs';
  drive.run(4000);
  assert.deepEqual(drive.published(), [8001]);
});

test('an instance that does not become healthy is replaced after StartTimeout=', () => {
  const drive = new Drive(installed(pool({ min: 1 })));
  drive.fake.behaviour = (_, slot) => (slot === 8000 ? 'never-ready' : 'well');
  drive.run(9000);
  assert.deepEqual(drive.slots(), [8000]);
  drive.run(5000);
  assert.deepEqual(drive.published(), [8001]);
  assert.deepEqual(drive.slots(), [8001]);
});

test('StartTimeout= runs from the start of the process, however late systemd starts it', () => {
  const drive = new Drive(installed(pool()));
  drive.fake.delays.start = () => 12_000;
  drive.run(15_000);
  assert.deepEqual(drive.published(), [8000, 8001]);
  assert.equal(drive.memory.pools.search?.failures.count, 0);
});

test('an instance that answers is not given up because its probes come late', () => {
  const drive = new Drive(installed(pool({ health: { ...pool().health, rise: 3 } })));
  drive.run(36_000, {}, undefined, 6000);
  assert.deepEqual(drive.published(), [8000, 8001]);
  assert.ok(!drive.kinds().includes('stop'));
});

test('an instance that holds a request longer than RequestTimeout= is replaced even if healthy', () => {
  const health = { ...pool().health, requestTimeout: 20_000 };
  const drive = new Drive(installed(pool({ health })));
  drive.run(5000);
  const stuck = drive.fake.workers.get('search@8001');
  assert.ok(stuck);
  Object.assign(stuck, { connections: 1, oldest: 19_000 });
  drive.run(2000);
  assert.deepEqual(drive.published(), [8000, 8001]);
  stuck.oldest = 21_000;
  drive.run(2000);
  assert.deepEqual(drive.published(), [8000, 8002]);
  assert.deepEqual(drive.slots(), [8000, 8002]);
});

const sentTo = { ...nothingPublished, generation: 1, live: { search: [8000] }, at: 0 };

/** What nginx does, and how many seconds after StartTimeout= an instance that never answers is stopped. */
const GIVEN_UP: [string, Partial<World>, number][] = [
  ['sends nothing to it', {}, 1],
  ['sends to it and the publish does not end', { published: sentTo, publishing: true }, 6],
  ['sends nothing to it, but a running publish may change that', { publishing: true }, 6],
];

for (const [what, change, seconds] of GIVEN_UP)
  test(`an instance that never becomes healthy is stopped within ${seconds} s if nginx ${what}`, () => {
    const drive = new Drive(installed(pool({ min: 1 })));
    drive.fake.behaviour = () => 'never-ready';
    drive.run(10_000);
    const stops = (): number => drive.kinds().filter(kind => kind === 'stop').length;
    drive.run((seconds - 1) * 1000, change);
    assert.equal(stops(), 0);
    drive.run(1000, change);
    assert.equal(stops(), 1);
  });

test.run();
