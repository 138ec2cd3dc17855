import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { Drive } from './drive.ts';
import { installed, pool } from './fake-world.ts';

const test = suite('plan');

test('a pool starts Min= instances, and only healthy ones are published', () => {
  const drive = new Drive(installed(pool()));
  drive.run(200);
  assert.deepEqual(drive.slots(), [8000, 8001]);
  assert.deepEqual(drive.published(), []);
  drive.run(2000);
  assert.deepEqual(drive.published(), [8000, 8001]);
  assert.equal(drive.kinds().filter(k => k === 'publish').length, 1, 'one reload for both');
});

test('a pass over a settled world takes no action', () => {
  const drive = new Drive(installed(pool()));
  drive.run(5000);
  const before = drive.actions.length;
  drive.run(60_000);
  assert.equal(drive.actions.length, before);
});

test('cgipool stop drains all instances, and cgipool start brings them back', () => {
  const drive = new Drive(installed(pool()));
  drive.run(5000);
  drive.pass({ commands: [{ kind: 'stop', pool: 'search' }] });
  drive.run(5000);
  assert.deepEqual(drive.slots(), []);
  assert.deepEqual(drive.published(), []);
  drive.pass({ commands: [{ kind: 'start', pool: 'search' }] });
  drive.run(5000);
  assert.equal(drive.published().length, 2);
});

test('an instance stopped with systemctl is replaced', () => {
  const drive = new Drive(installed(pool()));
  drive.run(5000);
  drive.fake.workers.delete('search@8001');
  drive.run(5000);
  assert.equal(drive.published().length, 2);
});

test('setting the clock back by 15 minutes delays nothing and replaces no instance', () => {
  const drive = new Drive(installed(pool()));
  for (const p of drive.installed.pools) p.revision = drive.fake.now;
  drive.run(5000);
  const before = drive.fake.workers.get('search@8000')?.unit.invocation;
  drive.fake.setClock(-900_000);
  drive.fake.workers.delete('search@8001');
  drive.run(10_000);
  assert.equal(drive.published().length, 2);
  assert.equal(drive.fake.workers.get('search@8000')?.unit.invocation, before);
  assert.ok(drive.fake.starts.length <= 3, `${drive.fake.starts.length} starts`);
});

test('a pool can be named constructor', () => {
  const drive = new Drive(installed(pool({ name: 'constructor' })));
  drive.run(5000);
  assert.deepEqual(drive.published('constructor'), [8000, 8001]);
});

test('a pass does not change the memory that it was given', () => {
  const drive = new Drive(installed(pool()));
  drive.run(3000);
  const frozen = JSON.stringify(drive.memory);
  const memory = drive.memory;
  drive.fake.kill('search', 8000);
  drive.pass({ tick: true });
  assert.equal(JSON.stringify(memory), frozen);
});

test('a worker that died and leaves processes behind is awaited for a second, then replaced', () => {
  const drive = new Drive(installed(pool({ min: 1 })));
  drive.run(5000);
  const dying = drive.fake.workers.get('search@8000');
  assert.ok(dying);
  const starts = (): number => drive.fake.starts.length;
  const before = starts();
  // no job: nobody stops it
  Object.assign(dying.unit, { active: 'deactivating', job: false });
  drive.run(800);
  assert.equal(starts(), before);
  drive.run(1000);
  assert.equal(starts(), before + 1);
});

test.run();
