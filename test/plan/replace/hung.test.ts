import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { World } from '../../../src/plan/world.ts';
import { Drive } from '../drive.ts';
import type { Worker } from '../fake-worker.ts';
import { installed, pool } from '../fake-world.ts';

const test = suite('plan: liveness');

/** The worker of a slot answers nothing any more, with what it holds. */
function hang(drive: Drive, slot: number, holds: Partial<Worker> = {}): Worker {
  const worker = drive.fake.workers.get(`search@${slot}`);
  assert.ok(worker);
  return Object.assign(worker, { behaviour: 'hangs', ...holds });
}

const freeze = (drive: Drive, slot: number): Worker => hang(drive, slot, { behaviour: 'freezes' });

/** What was done after the first so many actions, to whom: `restart 8000`. */
const done = (drive: Drive, before: number): string[] =>
  drive.actions
    .slice(before)
    .map(action => ('slot' in action ? `${action.kind} ${action.slot}` : action.kind));

test('one that accepts nothing is restarted where it is, and nginx is not reloaded', () => {
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

test('one that does it again soon has its slot wait, and another takes over', () => {
  const drive = new Drive(installed(pool()));
  drive.run(5000);
  freeze(drive, 8000);
  drive.run(5000);
  freeze(drive, 8000);
  drive.run(5000);
  assert.deepEqual(drive.published(), [8001, 8002]);
  assert.deepEqual(drive.slots(), [8001, 8002]);
});

test('one whose text is old is not restarted: its successor comes on another slot', () => {
  const drive = new Drive(installed(pool()));
  drive.run(5000);
  drive.installed = installed({ ...pool(), rollout: { ...pool().rollout, surge: 0, batch: 0 } });
  for (const each of drive.installed.pools) each.revision = drive.fake.now;
  freeze(drive, 8000);
  drive.run(3000);
  assert.ok(!drive.kinds().includes('restart'));
});

test('one that does not end is unpublished and replaced on another slot', () => {
  const drive = new Drive(installed(pool()));
  drive.run(5000);
  hang(drive, 8000);
  drive.run(4000);
  assert.deepEqual(drive.published(), [8001, 8002]);
  assert.deepEqual(drive.slots(), [8001, 8002]);
  assert.equal(drive.memory.pools.search?.failures.count, 1);
  drive.run(10_000);
  assert.deepEqual(drive.slots(), [8001, 8002], 'the life after the restart is not needed any more');
});

test('one that systemd could not be asked to restart is replaced, too', () => {
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

/** Four times the youngest freezes when it has lived for so long, ms; how soon there were enough again. */
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

test('instances that hang again and again are replaced at once, where they did well before', () => {
  const drive = new Drive(installed(pool({ slots: [1, 2, 3, 4, 5, 6, 7, 8], max: 8 })));
  for (const took of hangAgain(drive, 12_000)) assert.ok(took <= 1500, `${took} ms`);
  assert.equal(drive.memory.pools.search?.failures.count, 1);
});

test('where they hang soon the pool waits longer and longer', () => {
  const drive = new Drive(installed(pool({ slots: [1, 2, 3, 4, 5, 6, 7, 8], max: 8 })));
  const took = hangAgain(drive, 4000);
  assert.ok((took[3] ?? 0) > 3000, took.join());
  assert.ok((drive.memory.pools.search?.failures.count ?? 0) > 1);
});

test('one that holds requests is replaced at once too, and may finish them: it is slow, which is no failure', () => {
  const drive = new Drive(installed(pool()));
  drive.run(5000);
  const slow = hang(drive, 8000, { connections: 1, oldest: 1000 });
  drive.run(20_000);
  assert.deepEqual(drive.published(), [8001, 8002]);
  assert.deepEqual(drive.slots(), [8000, 8001, 8002], 'nginx waits 30 s for it, and so do we');
  slow.behaviour = 'well';
  Object.assign(slow, { connections: 0, oldest: null });
  drive.run(1000);
  assert.deepEqual(drive.slots(), [8001, 8002]);
  assert.equal(drive.memory.pools.search?.failures.count, 0);
});

test('one that never finishes what it holds is stopped when nginx gives up on it, and that is a failure', () => {
  const drive = new Drive(installed(pool()));
  drive.run(5000);
  hang(drive, 8000, { connections: 1, oldest: 1000 });
  drive.run(34_000);
  assert.deepEqual(drive.slots(), [8001, 8002]);
  assert.equal(drive.memory.pools.search?.failures.count, 1);
});

test('two that hang are replaced one after the other, the second without waiting for what the first holds', () => {
  const drive = new Drive(installed(pool({ min: 5, slots: [1, 2, 3, 4, 5, 6, 7, 8], max: 8 })));
  drive.run(5000);
  for (const slot of [1, 2]) hang(drive, slot, { connections: 1, oldest: 1000 });
  drive.run(6000, {}, () => assert.ok(drive.published().length >= 3));
  assert.deepEqual(drive.published(), [3, 4, 5, 6, 7]);
});

test('when most fail together none is killed and all keep their traffic', () => {
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

test('a pool of one that hangs is replaced all the same', () => {
  const drive = new Drive(installed(pool({ min: 1, max: 1 })));
  drive.run(5000);
  const only = drive.fake.workers.get('search@8000');
  assert.ok(only);
  only.behaviour = 'hangs';
  drive.run(4000);
  assert.deepEqual(drive.published(), [8001]);
});

test('an instance that never answers is given up after StartTimeout', () => {
  const drive = new Drive(installed(pool({ min: 1 })));
  drive.fake.behaviour = (_, slot) => (slot === 8000 ? 'never-ready' : 'well');
  drive.run(9000);
  assert.deepEqual(drive.slots(), [8000]);
  drive.run(5000);
  assert.deepEqual(drive.published(), [8001]);
  assert.deepEqual(drive.slots(), [8001]);
});

test('one that systemd starts late has its time from then on', () => {
  const drive = new Drive(installed(pool()));
  drive.fake.delays.start = () => 12_000;
  drive.run(15_000);
  assert.deepEqual(drive.published(), [8000, 8001]);
  assert.equal(drive.memory.pools.search?.failures.count, 0);
});

test('one that answers is not given up because its probes are late', () => {
  const drive = new Drive(installed(pool({ health: { ...pool().health, rise: 3 } })));
  drive.run(36_000, {}, undefined, 6000);
  assert.deepEqual(drive.published(), [8000, 8001]);
  assert.ok(!drive.kinds().includes('stop'));
});

test('a request that is held for longer than RequestTimeout= costs its instance the place, healthy or not', () => {
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

const sentTo = { generation: 1, live: { search: [8000] }, weights: {}, error: null, at: 0 };

/** What nginx does, and within how many seconds of its StartTimeout= one that never answers is stopped. */
const GIVEN_UP: [string, Partial<World>, number][] = [
  ['sends nothing to it', {}, 1],
  ['sends to it, and cannot be told', { published: sentTo, publishing: true }, 6],
  ['sends nothing to it, but a publish under way may change that', { publishing: true }, 6],
];

for (const [what, change, seconds] of GIVEN_UP)
  test(`one that never becomes healthy is stopped within ${seconds} s where nginx ${what}`, () => {
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
