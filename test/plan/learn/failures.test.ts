import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { Drive } from '../drive.ts';
import { installed, pool } from '../fake-world.ts';

const test = suite('plan: failures');
/** The step of long runs, ms. */
const IDLE = 1_000;

test('a missing program is retried ever more rarely, but never given up', () => {
  const drive = new Drive(installed(pool()));
  drive.fake.behaviour = () => 'missing';
  drive.run(600_000, {}, undefined, IDLE);
  assert.ok(drive.fake.starts.length < 20, `${drive.fake.starts.length} starts in ten minutes`);
  assert.ok(drive.fake.starts.length > 5, 'it must never give up');
  drive.fake.behaviour = () => 'well';
  drive.run(400_000, {}, undefined, IDLE);
  assert.equal(drive.published().length, 2);
});

test('a changed pool file is tried at once, however long the back-off was', () => {
  const drive = new Drive(installed(pool()));
  drive.fake.behaviour = () => 'missing';
  drive.run(400_000, {}, undefined, IDLE);
  drive.fake.behaviour = () => 'well';
  for (const p of drive.installed.pools) p.revision = drive.fake.now;
  drive.run(3000);
  assert.equal(drive.published().length, 2);
});

test('a crash loop is bounded, however many slots the pool has', () => {
  const slots = Array.from({ length: 100 }, (_, i) => 8000 + i);
  const drive = new Drive(installed(pool({ slots, min: 10, max: 100 })));
  drive.fake.behaviour = () => 'crashes';
  drive.run(600_000, {}, undefined, IDLE);
  // ten instances at first, five lives each; then one at a time
  assert.ok(drive.fake.starts.length < 10 * 5 + 20 * 5, `${drive.fake.starts.length} lives`);
});

test("a crash loop too slow for systemd's start limit backs off too", () => {
  const drive = new Drive(installed(pool({ min: 1 })));
  drive.fake.behaviour = () => 'crashes-late';
  drive.run(600_000, {}, undefined, IDLE);
  // a life takes 3 s, so 200 would fit; with five lives per attempt and waits of 0, 1, 2, 4 ... s, twelve attempts do
  assert.ok(drive.fake.starts.length <= 12 * 5, `${drive.fake.starts.length} lives`);
  assert.match(
    drive.memory.pools.search?.failures.message ?? '',
    /died 5 times in a row before it was healthy/,
  );
  drive.fake.behaviour = () => 'well';
  drive.run(300_000, {}, undefined, IDLE);
  assert.equal(drive.published().length, 1, 'and is never given up');
});

test('a slot whose port another program uses is skipped', () => {
  const drive = new Drive(installed(pool()));
  drive.fake.strangers.add(8000);
  drive.run(3000);
  assert.deepEqual(drive.published(), [8001, 8002]);
});

test('a worker that keeps dying is a problem in status, although it comes back each time', () => {
  const drive = new Drive(installed(pool()));
  drive.run(5000);
  for (let i = 0; i < 10; i++) {
    assert.equal(drive.problems(), '');
    drive.fake.kill('search', 8000);
    drive.run(4000);
  }
  assert.match(drive.problems(), /^workers on slot 8000 keep dying, and systemd restarts them \(/);
  drive.run(120_000);
  assert.equal(drive.problems(), '');
});

const dieOften = (drive: Drive, every: number): void => {
  for (let i = 0; i < 10; i++) {
    drive.fake.kill('search', 8000);
    drive.run(every);
  }
};

test('a worker that outlives those that died is no problem any longer', () => {
  const drive = new Drive(installed(pool()));
  drive.run(5000);
  dieOften(drive, 3000);
  assert.match(drive.problems(), /^workers on slot 8000 keep dying/);
  drive.run(6000);
  assert.equal(drive.problems(), '');
});

test('what died before an instance was started anew says nothing of it', () => {
  const drive = new Drive(installed(pool({ min: 1, slots: [8000] })));
  drive.run(5000);
  dieOften(drive, 3000);
  assert.match(drive.problems(), /^workers on slot 8000 keep dying/);
  drive.pass({ commands: [{ kind: 'stop', pool: 'search' }] });
  drive.run(1500);
  drive.pass({ commands: [{ kind: 'start', pool: 'search' }] });
  drive.run(1500);
  assert.equal(drive.problems(), '');
});

test('without a probe an instance is healthy once it listens', () => {
  const drive = new Drive(installed(pool({ min: 1, health: { ...pool().health, probe: 'none' } })));
  drive.fake.behaviour = () => 'slow';
  drive.run(1000);
  assert.deepEqual([drive.published(), drive.memory.pools.search?.instances[8000]?.phase], [[], 'starting']);
  drive.run(8000);
  assert.deepEqual(drive.published(), [8000]);
});

test('status distinguishes a bad change from a bad slot', () => {
  const bad = new Drive(installed(pool({ min: 3 })));
  bad.run(5000);
  bad.fake.behaviour = () => 'crashes';
  for (const p of bad.installed.pools) p.revision = bad.fake.now;
  bad.run(20_000);
  assert.match(
    bad.problems(),
    /no instance has become healthy since the pool changed at .*; the rollout is halted, 3 old instances keep serving/,
  );

  const flaky = new Drive(installed(pool({ min: 2, slots: [8000, 8001, 8002] })));
  flaky.fake.behaviour = (_, slot) => (slot === 8002 ? 'crashes' : 'well');
  flaky.pass({ commands: [{ kind: 'scale', pool: 'search', range: { min: 3, max: 3 } }] });
  flaky.run(30_000);
  flaky.pass({ commands: [{ kind: 'scale', pool: 'search', range: null }] });
  flaky.run(1000);
  assert.match(flaky.problems(), /^only slot 8002 fails: \d+ times in a row, exit status 1$/);
});

test.run();
