import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { FailedStart, Need } from '../../../src/model/observed.ts';
import { Drive } from '../drive.ts';
import { installed, pool } from '../fake-world.ts';

const test = suite('plan: units that a pool requires');

const DB = 'db.service';
const needy = (): Drive =>
  new Drive(installed(pool({ min: 2, unit: [{ key: 'Requires', value: `${DB} other.target`, line: 3 }] })));
const needs = (db: Need): { needs: Map<string, Need> } => ({
  needs: new Map<string, Need>([
    [DB, db],
    ['other.target', 'up'],
  ]),
});

/** systemd stops the instances along with what they require. */
function stopAll(drive: Drive): void {
  for (const worker of drive.fake.alive()) worker.stop(drive.fake.now);
}

test('no instance starts while a unit that somebody stopped would be started with it, and all do when it is back', () => {
  const drive = needy();
  drive.run(5000, needs('up'));
  assert.equal(drive.published().length, 2);
  stopAll(drive);
  drive.run(20_000, needs('down'));
  assert.deepEqual(drive.slots(), []);
  assert.match(
    drive.problems(needs('down')),
    /^no instance starts while db\.service is stopped, .*: systemctl start db\.service$/,
  );
  drive.run(5000, needs('up'));
  assert.equal(drive.published().length, 2);
  assert.equal(drive.problems(needs('up')), '');
});

test('a unit that was not up before is started along with the first instance, as systemd does', () => {
  const drive = needy();
  drive.run(5000, { needs: new Map() });
  assert.equal(drive.published().length, 2);
});

test('what instances do not need is none of their business', () => {
  const drive = new Drive(installed(pool({ min: 2, unit: [{ key: 'After', value: DB, line: 3 }] })));
  drive.run(5000, needs('up'));
  stopAll(drive);
  drive.run(5000, needs('down'));
  assert.equal(drive.slots().length, 2);
});

test('a start that systemd refuses is a failure of its slot: another takes over', () => {
  const drive = new Drive(installed(pool({ min: 2, slots: [8000, 8001, 8002] })));
  const masked = { pool: 'search', slot: 8000, message: 'Unit cgipool-search@8000.service is masked.' };
  for (let i = 0; i < 100; i++) {
    const starts = drive.pass().some(action => action.kind === 'start' && action.slot === 8000);
    if (starts) {
      drive.fake.workers.clear();
      drive.pass({ failedStarts: [masked] });
    }
    drive.fake.advance(100);
  }
  assert.deepEqual(drive.published(), [8001, 8002]);
  assert.match(drive.memory.pools.search?.slotFailures[8000]?.message ?? '', /is masked/);
});

test('however many slots systemd refuses, the others start at once', () => {
  const drive = new Drive(installed(pool({ min: 2 })));
  let failedStarts: FailedStart[] = [];
  for (let i = 0; i < 20; i++) {
    const starts = drive.pass({ failedStarts }).filter(({ kind }) => kind === 'start');
    const slots = starts.flatMap(action => ('slot' in action ? [action.slot] : []));
    const refused = slots.filter(slot => slot < 8003);
    for (const slot of refused) drive.fake.workers.delete(`search@${slot}`);
    failedStarts = refused.map(slot => ({ pool: 'search', slot, message: 'it is masked' }));
    drive.fake.advance(100);
  }
  assert.deepEqual(drive.slots(), [8003, 8004]);
});

test('a start that fails for another reason, as without polkit, counts for nobody, and a running instance stays what it is', () => {
  const drive = new Drive(installed(pool({ min: 1, slots: [8000] })));
  drive.pass();
  drive.fake.workers.clear();
  drive.pass({ failedStarts: [{ pool: 'search', slot: 8000, message: null }] });
  assert.equal(drive.memory.pools.search?.failures.count, 0);
  drive.run(5000);
  const known = drive.memory.pools.search?.instances[8000];
  assert.equal(known?.phase, 'healthy');
  drive.pass({ failedStarts: [{ pool: 'search', slot: 8000, message: null }] });
  assert.deepEqual(drive.memory.pools.search?.instances[8000]?.since, known?.since);
});

test('a start that systemd cancels is tried again later, rather than at every pass', () => {
  const drive = new Drive(installed(pool({ min: 1, slots: [8000] })));
  let starts = 0;
  for (let i = 0; i < 600; i++) {
    starts += drive.pass(needs('failed')).filter(({ kind }) => kind === 'start').length;
    // the job ends with `dependency`
    drive.fake.workers.clear();
    drive.fake.advance(100);
  }
  assert.ok(starts >= 3 && starts <= 10, `${starts} in a minute`);
  assert.match(drive.memory.pools.search?.failures.message ?? '', /systemd cancelled its start/);
});

test.run();
