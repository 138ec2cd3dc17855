import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { PoolStatus, Status } from '../../../src/plan/status/report.ts';
import { describe } from '../../../src/plan/status/status.ts';
import { defaultSite } from '../../../src/pool-file/site-file.ts';
import { Drive } from '../drive.ts';
import { installed, pool } from '../fake-world.ts';

const test = suite('plan: the rollout in status');

const statusOf = (drive: Drive, at: number | null = null): Status =>
  describe(
    { version: 2, at: 0, site: defaultSite(), ...drive.installed },
    drive.fake.world(),
    drive.memory,
    drive.fake.now,
    [],
    at,
  );
const only = (drive: Drive): PoolStatus => statusOf(drive).pools[0] ?? assert.fail();

/** A pool that serves, and whose unit has just changed. */
function revised(behaviour: 'well' | 'missing'): Drive {
  const drive = new Drive(installed(pool({ min: 2 })));
  drive.run(10_000);
  assert.equal(only(drive).rollout, 'complete');
  drive.fake.behaviour = () => behaviour;
  drive.installed = { pools: drive.installed.pools.map(p => ({ ...p, revision: drive.fake.now })) };
  drive.run(100);
  return drive;
}

test('a new revision progresses, and is complete without old instances', () => {
  const drive = revised('well');
  assert.equal(only(drive).rollout, 'progressing');
  assert.ok(only(drive).instances.filter(i => i.outdated).length >= 2);
  drive.run(60_000);
  assert.equal(only(drive).rollout, 'complete');
  assert.ok(only(drive).instances.every(i => !i.outdated));
});

test('one that cannot start is halted while the old instances serve', () => {
  const drive = revised('missing');
  drive.run(20_000);
  assert.deepEqual([only(drive).rollout, only(drive).state], ['halted', 'ok']);
});

test('a stopped pool has nothing to roll out', () => {
  const drive = revised('missing');
  drive.run(100, { commands: [{ kind: 'stop', pool: 'search' }] });
  drive.run(60_000);
  assert.equal(only(drive).rollout, 'complete');
});

test('a status says by which install it goes, once there was a pass', () => {
  const drive = new Drive(installed(pool()));
  assert.equal(statusOf(drive).installedAt, null);
  assert.equal(statusOf(drive, 1_000).installedAt, '1970-01-01T00:00:01.000Z');
});

test('while an old instance answers until its successor is published, the pool is not down', () => {
  const drive = new Drive(installed(pool({ min: 1 })));
  drive.run(5000);
  drive.fake.delays.publish = () => 2000;
  drive.pass({ commands: [{ kind: 'restart', pool: 'search' }] });
  drive.run(1500);
  const { state, instances } = only(drive);
  assert.deepEqual(
    instances.map(i => [i.state, i.published]),
    [
      ['draining', true],
      ['healthy', false],
    ],
  );
  assert.equal(state, 'ok');
});

test.run();
