import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { LoadSample } from '../../src/model/observed.ts';
import type { Pool } from '../../src/model/pool.ts';
import { plan } from '../../src/plan/plan.ts';
import { Drive } from './drive.ts';
import { installed, pool } from './fake-world.ts';

const test = suite('plan: when to reconcile again');

/** How long after a pass over a serving pool the next one is due, ms. */
function pauseOf(
  change: Partial<Pool>,
  load: Partial<LoadSample> = {},
  disturb = (_: Drive): void => {},
): number {
  const drive = new Drive(installed(pool(change)));
  drive.run(5000);
  disturb(drive);
  const world = drive.fake.world({});
  const samples = world.units.map(({ slot, invocation }) => ({
    ...{
      pool: 'search',
      slot,
      invocation,
      cpuUsec: 0,
      cpu: 0,
      open: 0,
      connections: 0,
      waiting: 0,
      memory: null,
      stalled: null,
    },
    ...{ ended: 0, oldest: null, requests: null },
    ...load,
  }));
  const { now } = drive.fake;
  return plan(drive.installed, { ...world, load: samples }, drive.memory, now).wakeAt - now;
}

test('passes are two seconds apart while all is well and idle', () => {
  assert.equal(pauseOf({}), 2000);
});

test('passes are a second apart while instances are busy, or a rule needs samples', () => {
  assert.equal(pauseOf({}, { open: 1, connections: 1 }), 1000);
  assert.equal(pauseOf({}, { cpu: 0.02 }), 1000);
  assert.equal(pauseOf({ scale: { ...pool().scale, concurrency: 2 } }), 1000);
  assert.equal(pauseOf({ health: { ...pool().health, requestTimeout: 5000 } }), 1000);
  assert.equal(pauseOf({ recycling: { maxAge: null, maxMemory: 1, maxRequests: null } }), 1000);
});

test('passes are at most a second apart while an instance is missing', () => {
  const missing = pauseOf({}, {}, drive => {
    drive.fake.kill('search', 8000);
    drive.pass();
  });
  assert.ok(missing <= 1000, `${missing}`);
});

test('passes are 200 ms apart while an instance drains', () => {
  const draining = pauseOf({}, { open: 1, connections: 1 }, drive => {
    for (const worker of drive.fake.workers.values()) worker.connections = 1;
    drive.pass({ commands: [{ kind: 'scale', pool: 'search', range: { min: 1, max: 1 } }] });
    drive.run(1500);
  });
  assert.equal(draining, 200);
});

test.run();
