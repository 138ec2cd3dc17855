import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { newMemory } from '../../src/plan/memory.ts';
import { Drive } from './drive.ts';
import { installed, pool } from './fake-world.ts';

const test = suite('plan: publish');

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

test.run();
