import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { newMemory } from '../../src/plan/memory.ts';
import { describe } from '../../src/plan/status.ts';
import type { Installed } from '../../src/pool/installed.ts';
import { defaultSite } from '../../src/pool/site-file.ts';
import { Drive } from './drive.ts';
import { installed, pool } from './fake-world.ts';
import { scale } from './pools.ts';

const test = suite('plan');
/** For the long runs, ms. */
const IDLE = 500;

const installedOf = (drive: Drive): Installed => ({ version: 1, site: defaultSite(), ...drive.installed });

test('brings a pool to min and publishes only what was seen healthy', () => {
  const drive = new Drive(installed(pool()));
  drive.run(200);
  assert.deepEqual(drive.slots(), [8000, 8001]);
  assert.deepEqual(drive.published(), []);
  drive.run(2000);
  assert.deepEqual(drive.published(), [8000, 8001]);
  assert.equal(drive.kinds().filter(k => k === 'publish').length, 1, 'one reload for both');
});

test('a second look at a settled world does nothing', () => {
  const drive = new Drive(installed(pool()));
  drive.run(5000);
  const before = drive.actions.length;
  drive.run(60_000);
  assert.equal(drive.actions.length, before);
});

test('a worker that systemd restarts within the settling time costs no reload', () => {
  const drive = new Drive(installed(pool()));
  drive.run(5000);
  const before = drive.actions.length;
  drive.fake.kill('search', 8000);
  // two probes at 100 ms find it healthy again before anything is published
  drive.run(3000);
  assert.deepEqual(drive.published(), [8000, 8001]);
  assert.ok(drive.actions.length - before <= 2, JSON.stringify(drive.actions.slice(before)));
});

test('a pool of one that is restarted in less than a second is not unpublished meanwhile', () => {
  const drive = new Drive(installed(pool({ min: 1, max: 1 })));
  drive.run(5000);
  drive.fake.delays.ready = () => 600;
  const before = drive.actions.length;
  drive.fake.kill('search', 8000);
  drive.run(5000, {}, () => assert.deepEqual(drive.published(), [8000]));
  assert.equal(drive.actions.length, before, 'no reload');
  drive.fake.delays.ready = () => 3000;
  drive.fake.kill('search', 8000);
  drive.run(2000);
  assert.deepEqual(drive.published(), [], 'one that takes longer is');
});

test('a hung instance is unpublished and replaced on another slot', () => {
  const drive = new Drive(installed(pool()));
  drive.run(5000);
  const hung = drive.fake.workers.get('search@8000');
  assert.ok(hung);
  hung.behaviour = 'hangs';
  drive.run(3000);
  assert.deepEqual(drive.published(), [8001, 8002]);
  assert.deepEqual(drive.slots(), [8001, 8002]);
  assert.equal(drive.memory.pools.search?.failures.count, 1);
});

test('one that holds requests is replaced at once too, and may finish them: it is slow, which is no failure', () => {
  const drive = new Drive(installed(pool()));
  drive.run(5000);
  const slow = drive.fake.workers.get('search@8000');
  assert.ok(slow);
  slow.behaviour = 'hangs';
  Object.assign(slow, { connections: 1, oldest: 1000 });
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
  const hung = drive.fake.workers.get('search@8000');
  assert.ok(hung);
  hung.behaviour = 'hangs';
  Object.assign(hung, { connections: 1, oldest: 1000 });
  drive.run(34_000);
  assert.deepEqual(drive.slots(), [8001, 8002]);
  assert.equal(drive.memory.pools.search?.failures.count, 1);
});

test('two that hang are replaced one after the other, the second without waiting for what the first holds', () => {
  const drive = new Drive(installed(pool({ min: 5, slots: [1, 2, 3, 4, 5, 6, 7, 8], max: 8 })));
  drive.run(5000);
  for (const slot of [1, 2]) {
    const hung = drive.fake.workers.get(`search@${slot}`);
    assert.ok(hung);
    hung.behaviour = 'hangs';
    Object.assign(hung, { connections: 1, oldest: 1000 });
  }
  drive.run(6000, {}, () => assert.ok(drive.published().length >= 3));
  assert.deepEqual(drive.published(), [3, 4, 5, 6, 7]);
});

test('workers with a long queue answer no probe in time, yet they are at work: they stay, and the pool grows', () => {
  const drive = new Drive(installed(pool({ scale: scale({ cpu: null, concurrency: 2 }) })));
  drive.run(5000);
  const old = drive.fake.alive();
  for (const worker of old) {
    worker.behaviour = 'overloaded';
    worker.connections = 30;
  }
  const before = drive.actions.length;
  drive.run(20_000);
  drive.look({ tick: true });
  drive.run(5000);
  assert.deepEqual(drive.slots(), [8000, 8001, 8002, 8003]);
  assert.ok(old.every(w => w.unit.restarts === 0));
  assert.deepEqual(
    drive.actions.slice(before).filter(a => a.kind === 'stop'),
    [],
  );
  assert.match(drive.memory.pools.search?.instances[8000]?.detail ?? '', /^busy: /);
});

test('in a panic the pool can still grow: what nginx sends to counts', () => {
  const drive = new Drive(installed(pool({ scale: scale({ cpu: null, concurrency: 2 }) })));
  drive.run(5000);
  for (const worker of drive.fake.alive()) {
    worker.behaviour = 'hangs';
    worker.connections = 30;
  }
  drive.run(10_000);
  drive.look({ tick: true });
  assert.equal(drive.decisions.search?.to, 4);
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

test('a missing program is tried less and less often, and no slot is hammered', () => {
  const drive = new Drive(installed(pool()));
  drive.fake.behaviour = () => 'missing';
  drive.run(600_000, {}, undefined, IDLE);
  assert.ok(drive.fake.starts.length < 20, `${drive.fake.starts.length} starts in ten minutes`);
  assert.ok(drive.fake.starts.length > 5, 'it must never give up');
  drive.fake.behaviour = () => 'well';
  drive.run(400_000, {}, undefined, IDLE);
  assert.equal(drive.published().length, 2);
});

test('a mended pool file is tried at once, however long the wait was', () => {
  const drive = new Drive(installed(pool()));
  drive.fake.behaviour = () => 'missing';
  drive.run(400_000, {}, undefined, IDLE);
  drive.fake.behaviour = () => 'well';
  for (const p of drive.installed.pools) p.changedAt = drive.fake.now;
  drive.run(3000);
  assert.equal(drive.published().length, 2);
});

test('a crash loop is bounded however many slots there are', () => {
  const slots = Array.from({ length: 100 }, (_, i) => 8000 + i);
  const drive = new Drive(installed(pool({ slots, min: 10, max: 100 })));
  drive.fake.behaviour = () => 'crashes';
  drive.run(600_000, {}, undefined, IDLE);
  // ten at first, five lives each; then one at a time
  assert.ok(drive.fake.starts.length < 10 * 5 + 20 * 5, `${drive.fake.starts.length} lives`);
});

test('a crash loop too slow for the start limit of systemd is backed off too', () => {
  const drive = new Drive(installed(pool({ min: 1 })));
  drive.fake.behaviour = () => 'crashes-late';
  drive.run(600_000, {}, undefined, IDLE);
  // a life takes 3 s, so that 200 would fit in; with five a try and waits of 0, 1, 2, 4 ... s twelve tries do
  assert.ok(drive.fake.starts.length <= 12 * 5, `${drive.fake.starts.length} lives`);
  assert.match(
    drive.memory.pools.search?.failures.message ?? '',
    /died 5 times in a row before it was healthy/,
  );
  drive.fake.behaviour = () => 'well';
  drive.run(300_000, {}, undefined, IDLE);
  assert.equal(drive.published().length, 1, 'and is never given up');
});

test("a stranger's port is passed over", () => {
  const drive = new Drive(installed(pool()));
  drive.fake.strangers.add(8000);
  drive.run(3000);
  assert.deepEqual(drive.published(), [8001, 8002]);
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

test('a rolling restart keeps the full number published throughout, also of one', () => {
  for (const min of [1, 3]) {
    const drive = new Drive(installed(pool({ min, max: 4 })));
    drive.run(5000);
    const old = drive.fake.alive().map(w => w.unit.invocation);
    drive.look({ commands: [{ kind: 'restart', pool: 'search' }] });
    drive.run(60_000, {}, () => assert.ok(drive.published().length >= min, `only ${drive.published()}`));
    assert.equal(drive.published().length, min);
    assert.ok(drive.fake.alive().every(w => !old.includes(w.unit.invocation)));
  }
});

test('without a spare slot a rolling restart stops first, one at a time', () => {
  const drive = new Drive(installed(pool({ slots: [8000, 8001], min: 2, max: 2 })));
  drive.run(5000);
  drive.look({ commands: [{ kind: 'restart', pool: 'search' }] });
  const old = drive.fake.alive().map(w => w.unit.invocation);
  drive.run(30_000, {}, () => assert.ok(drive.published().length >= 1));
  assert.equal(drive.published().length, 2);
  assert.ok(drive.fake.alive().every(w => !old.includes(w.unit.invocation)));
});

test('a rollout whose new instances never get healthy halts and the old ones go on', () => {
  const drive = new Drive(installed(pool({ min: 3 })));
  drive.run(5000);
  drive.fake.behaviour = () => 'crashes';
  for (const p of drive.installed.pools) p.changedAt = drive.fake.now;
  drive.run(300_000, {}, () => assert.deepEqual(drive.published(), [8000, 8001, 8002]));
});

test('nothing that nginx sends to is stopped while publishing fails', () => {
  const drive = new Drive(installed(pool({ min: 3 })));
  drive.run(5000);
  drive.fake.nginx.fate = () => 'fails';
  drive.look({ commands: [{ kind: 'scale', pool: 'search', range: { min: 1, max: 1 } }] });
  drive.run(120_000);
  assert.deepEqual(drive.slots(), [8000, 8001, 8002]);
  drive.fake.nginx.fate = () => 'arrives';
  drive.run(120_000);
  assert.deepEqual(drive.slots(), [8000]);
});

test('a drain waits for what is in flight, but not for ever', () => {
  const drive = new Drive(installed(pool({ min: 2 })));
  drive.run(5000);
  const busy = drive.fake.workers.get('search@8001');
  assert.ok(busy);
  busy.connections = 1;
  drive.look({ commands: [{ kind: 'scale', pool: 'search', range: { min: 1, max: 1 } }] });
  drive.run(20_000);
  assert.deepEqual(drive.published(), [8000]);
  assert.deepEqual(drive.slots(), [8000, 8001]);
  drive.run(15_000);
  assert.deepEqual(drive.slots(), [8000]);
});

test('stop drains all, start brings them back', () => {
  const drive = new Drive(installed(pool()));
  drive.run(5000);
  drive.look({ commands: [{ kind: 'stop', pool: 'search' }] });
  drive.run(5000);
  assert.deepEqual(drive.slots(), []);
  assert.deepEqual(drive.published(), []);
  drive.look({ commands: [{ kind: 'start', pool: 'search' }] });
  drive.run(5000);
  assert.equal(drive.published().length, 2);
});

test('a controller that forgot everything adopts what runs and reloads nothing', () => {
  const drive = new Drive(installed(pool()));
  drive.run(5000);
  drive.memory = newMemory();
  const before = drive.actions.length;
  drive.run(10_000);
  assert.equal(drive.actions.length, before);
});

test('instances of a pool that is gone stop once nginx let go of them', () => {
  const drive = new Drive(installed(pool()));
  drive.run(5000);
  drive.installed = { pools: [] };
  drive.run(100);
  assert.equal(drive.slots().length, 2);
  drive.run(5000);
  assert.deepEqual(drive.slots(), []);
});

test('without a metric the number by hand is not kept once the pool file counts again', () => {
  const drive = new Drive(installed(pool({ scale: scale({ cpu: null }) })));
  drive.run(5000);
  drive.look({ commands: [{ kind: 'scale', pool: 'search', range: { min: 3, max: 3 } }] });
  drive.run(5000, { tick: true });
  assert.equal(drive.published().length, 3);
  drive.look({ commands: [{ kind: 'scale', pool: 'search', range: null }] });
  drive.run(5000, { tick: true });
  assert.equal(drive.published().length, 2);
});

test('a unit stopped by hand is replaced', () => {
  const drive = new Drive(installed(pool()));
  drive.run(5000);
  drive.fake.workers.delete('search@8001');
  drive.run(5000);
  assert.equal(drive.published().length, 2);
});

test('other slots, by a change of Ports=, are taken one by one while the old ones serve', () => {
  const drive = new Drive(installed(pool({ min: 3 })));
  drive.run(5000);
  const [entry] = drive.installed.pools;
  assert.ok(entry);
  const slots = [9000, 9001, 9002, 9003];
  drive.installed = { pools: [{ ...entry, pool: { ...entry.pool, slots }, retired: entry.pool.slots }] };
  drive.run(30_000, {}, () => assert.ok(drive.published().length >= 3, `${drive.published()}`));
  assert.deepEqual(drive.published(), [9000, 9001, 9002]);
  assert.deepEqual(drive.slots(), [9000, 9001, 9002]);
});

test('a worker that dies every few seconds is told of, though it comes back each time', () => {
  const drive = new Drive(installed(pool()));
  drive.run(5000);
  const problems = (): string =>
    describe(
      installedOf(drive),
      drive.fake.world(),
      drive.memory,
      drive.fake.now,
      [],
    ).pools[0]?.problems.join() ?? '';
  for (let i = 0; i < 10; i++) {
    assert.equal(problems(), '');
    drive.fake.kill('search', 8000);
    drive.run(4000);
  }
  assert.match(problems(), /^the workers of slot 8000 die again and again/);
  drive.run(120_000);
  assert.equal(problems(), '');
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

test('recycles what has run long enough, one at a time and at full capacity', () => {
  for (const recycling of [
    { maxAge: 60_000, maxMemory: null, maxRequests: null },
    { maxAge: null, maxMemory: 1000, maxRequests: null },
    { maxAge: null, maxMemory: null, maxRequests: 100 },
  ]) {
    const drive = new Drive(installed(pool({ min: 3, recycling })));
    drive.run(5000);
    const old = drive.fake.alive();
    for (const worker of old) Object.assign(worker, { memory: 1001, requests: 1 });
    const leaving = (): number =>
      Object.values(drive.memory.pools.search?.instances ?? {}).filter(m => m.drain || m.worn !== null)
        .length;
    drive.run(90_000, {}, () => {
      assert.ok(drive.published().length >= 3);
      assert.ok(leaving() <= 1, 'never two at once');
    });
    assert.ok(drive.fake.alive().every(w => !old.includes(w)));
    assert.match(JSON.stringify(drive.memory.pools.search?.events), /recycle 8000: it (has run|holds|had)/);
  }
});

test('a rollout of several at a time never runs more than Surge= beyond the desired', () => {
  const slots = Array.from({ length: 12 }, (_, i) => 8000 + i);
  const rollout = { surge: 3, batch: 3 };
  const drive = new Drive(installed(pool({ slots, min: 6, max: 6, rollout })));
  drive.run(5000);
  drive.look({ commands: [{ kind: 'restart', pool: 'search' }] });
  let most = 0;
  drive.run(20_000, {}, () => {
    most = Math.max(most, drive.fake.alive().length);
    assert.ok(drive.published().length >= 6);
  });
  assert.equal(most, 9);
  assert.ok(drive.fake.alive().every(w => w.unit.startedAt > 1_005_000));
});

test('a bad change is told from a flaky slot', () => {
  const problems = (drive: Drive): string =>
    describe(
      installedOf(drive),
      drive.fake.world(),
      drive.memory,
      drive.fake.now,
      [],
    ).pools[0]?.problems.join() ?? '';
  const bad = new Drive(installed(pool({ min: 3 })));
  bad.run(5000);
  bad.fake.behaviour = () => 'crashes';
  for (const p of bad.installed.pools) p.changedAt = bad.fake.now;
  bad.run(20_000);
  assert.match(
    problems(bad),
    /no instance became healthy since the pool changed at .*; the rollout halts and 3 old/,
  );

  const flaky = new Drive(installed(pool({ min: 2, slots: [8000, 8001, 8002] })));
  flaky.fake.behaviour = (_, slot) => (slot === 8002 ? 'crashes' : 'well');
  flaky.look({ commands: [{ kind: 'scale', pool: 'search', range: { min: 3, max: 3 } }] });
  flaky.run(30_000);
  flaky.look({ commands: [{ kind: 'scale', pool: 'search', range: null }] });
  flaky.run(1000);
  assert.match(problems(flaky), /^slot 8002 alone is flaky: it failed \d+ times in a row, exit status 1$/);
});

test('a rollout goes on also where a stranger leaves fewer slots than desired', () => {
  const drive = new Drive(installed(pool({ slots: [8000, 8001, 8002, 8003], min: 4, max: 4 })));
  drive.run(5000);
  drive.fake.workers.delete('search@8003');
  drive.fake.strangers.add(8003);
  const old = drive.fake.alive();
  for (const p of drive.installed.pools) p.changedAt = drive.fake.now;
  drive.run(60_000, {}, () => assert.ok(drive.published().length >= 2));
  assert.deepEqual(drive.published(), [8000, 8001, 8002]);
  assert.ok(drive.fake.alive().every(worker => !old.includes(worker)));
});

test('after a pause longer than the window it counts what runs, and shrinks only a window later', () => {
  const drive = new Drive(installed(pool({ scale: scale({ cpu: null, concurrency: 2 }) })));
  drive.run(5000);
  for (const worker of drive.fake.alive()) worker.connections = 4;
  drive.run(3000, { tick: true });
  drive.run(3000);
  assert.equal(drive.slots().length, 4);
  for (const worker of drive.fake.alive()) worker.connections = 0;
  drive.run(100_000);
  for (let i = 0; i < 11; i++) {
    drive.look({ tick: true });
    drive.run(5000);
    assert.equal(drive.slots().length, 4);
  }
  for (let i = 0; i < 3; i++) {
    drive.look({ tick: true });
    drive.run(5000);
  }
  assert.equal(drive.slots().length, 2);
});

test('the window of a day keeps no more recommendations than there are instances', () => {
  const day = scale({ cpu: null, concurrency: 2, window: 86_400_000 });
  const drive = new Drive(installed(pool({ scale: day })));
  drive.run(5000);
  for (let i = 0; i < 300; i++) {
    for (const worker of drive.fake.alive()) worker.connections = (i * 7) % 9;
    drive.run(100, { tick: true });
  }
  assert.ok((drive.memory.pools.search?.scaling.recommendations.length ?? 99) < 20);
});

test('a clock that is set back a quarter of an hour holds nothing up and rolls nobody over', () => {
  const drive = new Drive(installed(pool()));
  for (const p of drive.installed.pools) p.changedAt = drive.fake.now;
  drive.run(5000);
  const before = drive.fake.workers.get('search@8000')?.unit.invocation;
  drive.fake.setClock(-900_000);
  drive.fake.workers.delete('search@8001');
  drive.run(10_000);
  assert.equal(drive.published().length, 2);
  assert.equal(drive.fake.workers.get('search@8000')?.unit.invocation, before);
  assert.ok(drive.fake.starts.length <= 3, `${drive.fake.starts.length} starts`);
});

test('a pool may be called constructor', () => {
  const drive = new Drive(installed(pool({ name: 'constructor' })));
  drive.run(5000);
  assert.deepEqual(drive.published('constructor'), [8000, 8001]);
});

test('a look changes neither the world nor the memory it was given', () => {
  const drive = new Drive(installed(pool()));
  drive.run(3000);
  const frozen = JSON.stringify(drive.memory);
  const memory = drive.memory;
  drive.fake.kill('search', 8000);
  drive.look({ tick: true });
  assert.equal(JSON.stringify(memory), frozen);
});

test.run();
