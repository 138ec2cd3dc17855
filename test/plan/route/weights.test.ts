import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { LoadSample } from '../../../src/model/observed.ts';
import type { Pool } from '../../../src/model/pool.ts';
import { weightsOf } from '../../../src/plan/route/weights.ts';
import { Drive } from '../drive.ts';
import { installed, pool } from '../fake-world.ts';

const test = suite('plan: weights and backups');

const withNginx = (change: Partial<Pool['nginx']>, more: Partial<Pool> = {}): Pool =>
  pool({ ...more, nginx: { ...pool().nginx, ...change } });

test('weights from 1 to 10 are in proportion to the CPU headroom', () => {
  const rows: [cpu: number[], weights: number[]][] = [
    [
      [0, 0, 0],
      [10, 10, 10],
    ],
    [
      [0.7, 0.7],
      [10, 10],
    ],
    [
      [0, 0.5, 1],
      [10, 5, 1],
    ],
    [
      [0.9, 0.95, 3],
      [10, 5, 5],
    ],
    [[], []],
  ];
  for (const [cpu, weights] of rows)
    assert.deepEqual(Object.values(weightsOf(Object.fromEntries(cpu.entries()))), weights, cpu.join());
});

/** Runs passes a second apart, in which the slots use these shares of a core. */
function use(drive: Drive, ms: number, cpu: Record<number, number>): void {
  for (const end = drive.fake.now + ms; drive.fake.now < end; ) {
    drive.fake.advance(1000);
    const load = drive.fake.alive().map(
      ({ unit }): LoadSample => ({
        ...{ pool: 'search', slot: unit.slot, invocation: unit.invocation, cpuUsec: null },
        ...{ cpu: cpu[unit.slot] ?? 0, open: 0, connections: 0, waiting: 0, memory: null },
        ...{ ended: 0, oldest: null, requests: null, stalled: null },
      }),
    );
    drive.pass({ load });
  }
}

const weightsIn = (drive: Drive): Record<number, number> | undefined => drive.fake.published?.weights.search;

test('Weight=auto publishes changes of at least two in ten, at most every 30 s', () => {
  const drive = new Drive(installed(withNginx({ weight: 'auto' })));
  drive.run(5000);
  use(drive, 60_000, { 8000: 0.1 });
  assert.equal(weightsIn(drive), undefined, 'a change from 10 to 9 is too small');
  use(drive, 10_000, { 8000: 0.9 });
  const first = weightsIn(drive)?.[8000] ?? 10;
  assert.ok(first <= 8 && first > 1, `${first}`);
  const publishes = (): number => drive.kinds().filter(kind => kind === 'publish').length;
  const before = publishes();
  use(drive, 15_000, { 8000: 0.9 });
  assert.equal(publishes(), before, 'too soon');
  use(drive, 60_000, { 8000: 0.9 });
  assert.equal(weightsIn(drive)?.[8000], 1);
  use(drive, 120_000, {});
  assert.equal(weightsIn(drive)?.[8000], 10);
  assert.ok(publishes() <= before + 8, `${publishes() - before} in three minutes`);
});

test('Weight=equal publishes no weights', () => {
  const drive = new Drive(installed(withNginx({})));
  drive.run(5000);
  use(drive, 60_000, { 8000: 0.9 });
  assert.equal(weightsIn(drive), undefined);
});

const withBackup = (): Drive => new Drive(installed(withNginx({ backup: [8004] }, { min: 2, max: 3 })));

test('backups run in addition to the desired number, and are published with the others', () => {
  const drive = withBackup();
  drive.run(5000);
  assert.deepEqual(drive.slots(), [8000, 8001, 8004]);
  assert.deepEqual(drive.published(), [8000, 8001, 8004]);
  drive.pass({ commands: [{ kind: 'scale', pool: 'search', range: { min: 3, max: 3 } }] });
  drive.run(5000);
  assert.deepEqual(drive.slots(), [8000, 8001, 8002, 8004]);
  drive.pass({ commands: [{ kind: 'scale', pool: 'search', range: { min: 1, max: 1 } }] });
  drive.run(5000);
  assert.deepEqual(drive.slots(), [8000, 8004]);
  drive.pass({ commands: [{ kind: 'stop', pool: 'search' }] });
  drive.run(5000);
  assert.deepEqual(drive.slots(), []);
});

test('a backup that dies or is restarted comes back on its own slot', () => {
  const drive = withBackup();
  drive.run(5000);
  drive.fake.kill('search', 8004);
  drive.run(5000);
  assert.deepEqual(drive.published(), [8000, 8001, 8004]);
  const before = drive.fake.alive().find(w => w.unit.slot === 8004)?.unit.invocation;
  drive.pass({ commands: [{ kind: 'restart', pool: 'search' }] });
  drive.run(20_000);
  const after = drive.fake.alive().find(w => w.unit.slot === 8004)?.unit.invocation;
  assert.ok(after !== undefined && after !== before);
  assert.equal(drive.published().length, 3);
});

test('during an outage only the backups are published, not the unhealthy instances', () => {
  const drive = withBackup();
  drive.run(5000);
  for (const { unit } of drive.fake.alive()) {
    const worker = drive.fake.workers.get(`search@${unit.slot}`);
    if (worker && unit.slot !== 8004) worker.behaviour = 'hangs';
  }
  drive.run(12_000);
  assert.deepEqual(drive.published(), [8004]);
});

test.run();
