import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { socketPath } from '../../../src/model/names.ts';
import { Drive } from '../drive.ts';
import { installed, pool } from '../fake-world.ts';

const test = suite('plan: socket files that vanish');

const onFiles = (min: number): Drive =>
  new Drive(installed(pool({ min, slots: [1, 2, 3], listen: 'unix', activated: false })));

/** Somebody removes the socket file of a slot, until another life makes it anew. */
function remove(drive: Drive, slot: number): string {
  const path = socketPath('search', slot);
  drive.fake.removed.add(path);
  return path;
}

test('an instance whose socket file is gone is replaced at once', () => {
  const drive = onFiles(2);
  drive.run(5000);
  assert.deepEqual(drive.published(), [1, 2]);
  remove(drive, 1);
  drive.run(2000);
  assert.deepEqual(drive.published(), [2, 3]);
  assert.match(JSON.stringify(drive.memory.pools.search?.events), /replace 1: its socket file is gone/);
});

test('a request that it holds is ended first', () => {
  const drive = onFiles(2);
  drive.run(5000);
  const [worker] = drive.fake.alive();
  Object.assign(worker ?? {}, { connections: 1, oldest: 100 });
  remove(drive, 1);
  drive.run(3000);
  assert.ok(drive.slots().includes(1), 'it still runs');
  assert.deepEqual(drive.published(), [2, 3]);
});

test('a drain is not cancelled of an instance whose socket file is gone', () => {
  const drive = onFiles(1);
  drive.run(5000);
  for (const each of drive.fake.alive()) each.connections = 1;
  drive.pass({ commands: [{ kind: 'stop', pool: 'search' }] });
  drive.run(5000);
  remove(drive, 1);
  const before = drive.actions.length;
  drive.pass({ commands: [{ kind: 'start', pool: 'search' }] });
  drive.run(5000);
  const sets = drive.actions.slice(before).flatMap(a => (a.kind === 'publish' ? [a.live.search] : []));
  assert.deepEqual(sets, [[2]]);
});

test('one that has not made its file yet is not missed', () => {
  const drive = onFiles(1);
  drive.fake.behaviour = () => 'slow';
  remove(drive, 1);
  drive.run(1000);
  assert.deepEqual(drive.slots(), [1]);
});

test.run();
