import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { Action } from '../../../src/plan/action.ts';
import type { World } from '../../../src/plan/world.ts';
import { Drive } from '../drive.ts';
import { installed, pool } from '../fake-world.ts';

const test = suite('plan: sockets that systemd holds');

/** A serving pool with Listen=fd. */
function holding(): Drive {
  const drive = new Drive(installed(pool({ activated: true })));
  drive.fake.activated.add('search');
  drive.run(5000);
  assert.deepEqual(
    [drive.slots(), drive.published()],
    [
      [8000, 8001],
      [8000, 8001],
    ],
  );
  return drive;
}

const stopsOf = (actions: readonly Action[]): [number, boolean, string][] =>
  actions.flatMap(a => (a.kind === 'stop' ? [[a.slot, a.held, a.reason]] : []));

/** Slots with an open socket. */
const heldBy = (drive: Drive): number[] =>
  [...drive.fake.workers.values()].filter(w => w.unit.held).map(w => w.unit.slot);

const CLOSED = 'its socket is open, but no instance serves it';

test('a port that systemd holds does not count as taken: the instance starts there again', () => {
  const drive = holding();
  drive.fake.workers.get('search@8001')?.stop(drive.fake.now);
  drive.run(5000);
  assert.deepEqual(
    [drive.slots(), drive.published()],
    [
      [8000, 8001],
      [8000, 8001],
    ],
  );
  assert.deepEqual(stopsOf(drive.actions), []);
});

test('with Listen=fd an instance is stopped with its socket', () => {
  const drive = holding();
  drive.pass({ commands: [{ kind: 'stop', pool: 'search' }] });
  drive.run(5000);
  assert.deepEqual(
    stopsOf(drive.actions).map(([slot, held]) => [slot, held]),
    [
      [8000, true],
      [8001, true],
    ],
  );
  assert.deepEqual([drive.slots(), heldBy(drive)], [[], []]);
});

test('with Listen=tcp the instance itself is stopped', () => {
  const drive = new Drive(installed(pool()));
  drive.run(5000);
  drive.pass({ commands: [{ kind: 'stop', pool: 'search' }] });
  drive.run(5000);
  assert.deepEqual(
    stopsOf(drive.actions).map(([, held]) => held),
    [false, false],
  );
});

test('an open socket without an instance is closed', () => {
  const drive = holding();
  drive.fake.start('search', 8004);
  drive.fake.advance(100);
  drive.fake.workers.get('search@8004')?.stop(drive.fake.now);
  drive.fake.advance(100);
  assert.deepEqual(heldBy(drive), [8000, 8001, 8004]);
  assert.deepEqual(stopsOf(drive.pass()), [[8004, true, CLOSED]]);
  drive.run(1000);
  assert.deepEqual(heldBy(drive), [8000, 8001]);
});

test('an open socket stays if an instance starts in the same pass, is queued, or runs', () => {
  const drive = holding();
  drive.fake.workers.get('search@8000')?.stop(drive.fake.now);
  drive.fake.advance(100);
  // the instance starts at once, on the same slot
  assert.deepEqual(
    drive.pass().map(a => a.kind),
    ['start'],
  );
  assert.deepEqual(drive.pass(), []);
  drive.run(5000);
  assert.deepEqual(stopsOf(drive.actions), []);
});

test('the socket of a failed instance is closed during back-off and opened by the next start', () => {
  const drive = holding();
  drive.fake.behaviour = (_, slot) => (slot === 8001 ? 'missing' : 'well');
  drive.fake.kill('search', 8001);
  drive.run(1000);
  assert.ok(stopsOf(drive.actions).some(([slot, held]) => slot === 8001 && held));
  assert.ok(!heldBy(drive).includes(8001));
  drive.fake.behaviour = () => 'well';
  drive.run(120_000);
  assert.deepEqual(heldBy(drive), drive.published());
});

test('a failed socket without an instance is reset, also of a removed pool', () => {
  const drive = holding();
  const { unit } = drive.fake.workers.get('search@8001') ?? assert.fail();
  const failed = { ...unit, slot: 8004, active: 'inactive' as const, held: false, socketFailed: true };
  const serving = { ...unit, socketFailed: true };
  const resets = (units: World['units']): number[] =>
    drive.pass({ units }).flatMap(a => (a.kind === 'resetFailed' ? [a.slot] : []));
  assert.deepEqual(resets([...drive.fake.world().units, failed]), [8004]);
  assert.deepEqual(resets([serving]), []);
  drive.installed = { pools: [] };
  assert.deepEqual(resets([serving, failed]), [8004]);
});

test('all sockets of a removed pool are closed, also those without an instance', () => {
  const drive = holding();
  drive.fake.start('search', 8004);
  drive.fake.advance(100);
  drive.fake.workers.get('search@8004')?.stop(drive.fake.now);
  drive.fake.advance(100);
  drive.installed = { pools: [] };
  const first = drive.pass();
  // nginx still sends to the others
  assert.deepEqual(stopsOf(first), [[8004, true, 'the pool is no longer installed']]);
  drive.run(5000);
  assert.deepEqual(heldBy(drive), []);
  assert.deepEqual([...drive.fake.workers], []);
});

test.run();
