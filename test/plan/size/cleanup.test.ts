import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { Action } from '../../../src/plan/action.ts';
import type { World } from '../../../src/plan/world.ts';
import { Drive } from '../drive.ts';
import { installed, pool } from '../fake-world.ts';

const test = suite('plan: sockets that systemd holds');

/** A pool with Listen=fd that serves. */
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

/** Slots whose socket systemd holds. */
const heldBy = (drive: Drive): number[] =>
  [...drive.fake.workers.values()].filter(w => w.unit.held).map(w => w.unit.slot);

const CLOSED = 'its socket is open, but no instance serves it';

test("a port that systemd holds is no stranger's: the instance starts there again", () => {
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

test('what goes is stopped with its socket', () => {
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

test('one that holds its own socket is stopped itself', () => {
  const drive = new Drive(installed(pool()));
  drive.run(5000);
  drive.pass({ commands: [{ kind: 'stop', pool: 'search' }] });
  drive.run(5000);
  assert.deepEqual(
    stopsOf(drive.actions).map(([, held]) => held),
    [false, false],
  );
});

test('a socket on which nobody serves is closed: it would start an instance for whoever dials', () => {
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

test('but not where an instance starts in the same pass, is queued, or runs', () => {
  const drive = holding();
  drive.fake.workers.get('search@8000')?.stop(drive.fake.now);
  drive.fake.advance(100);
  // it is started at once, on the slot that is free and held
  assert.deepEqual(
    drive.pass().map(a => a.kind),
    ['start'],
  );
  assert.deepEqual(drive.pass(), []);
  drive.run(5000);
  assert.deepEqual(stopsOf(drive.actions), []);
});

test('of one that failed the socket is closed while it waits, and opened again by its next start', () => {
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

test('a socket that failed is cleared where nobody serves, also of a pool that is no longer installed', () => {
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

test('of a pool that is no longer installed the sockets go too, also those without an instance', () => {
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
