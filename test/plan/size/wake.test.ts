import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { plan } from '../../../src/plan/plan.ts';
import { describe } from '../../../src/plan/status/status.ts';
import type { World } from '../../../src/plan/world.ts';
import { defaultSite } from '../../../src/pool-file/site-file.ts';
import { Drive } from '../drive.ts';
import { installed, pool } from '../fake-world.ts';
import { scale } from '../pools.ts';

const test = suite('plan: sleep');

const sleeper = (): Drive =>
  new Drive(
    installed(pool({ min: 0, max: 3, scale: scale({ cpu: null, concurrency: 2, idleTimeout: 10_000 }) })),
  );

/** Ticks once a second, for this many seconds. */
function tick(drive: Drive, seconds: number): void {
  for (let i = 0; i < seconds; i++) {
    drive.pass({ tick: true });
    drive.run(1000);
  }
}

function woken(): Drive {
  const drive = sleeper();
  drive.run(2000);
  drive.fake.request('search');
  drive.run(2000);
  return drive;
}

test('a pool with Min=0 starts asleep: no instance runs, and nginx sends to its wake socket', () => {
  const drive = sleeper();
  drive.run(5000);
  assert.deepEqual([drive.slots(), drive.published()], [[], [0]]);
  assert.deepEqual(drive.kinds(), ['openWakeSocket', 'publish']);
});

test('a request to a sleeping pool starts an instance at once, without a tick', () => {
  const drive = woken();
  assert.deepEqual([drive.slots(), drive.published()], [[8000], [8000]]);
});

test('an idle pool with Min=0 goes to sleep: its instance is unpublished, then stopped', () => {
  const drive = woken();
  tick(drive, 16);
  assert.deepEqual([drive.slots(), drive.published()], [[], [0]]);
  const kinds = drive.kinds();
  assert.ok(kinds.lastIndexOf('publish') < kinds.lastIndexOf('stop'));
});

test('a request while the last instance drains keeps it, and no new one starts', () => {
  const drive = woken();
  const [worker] = drive.fake.alive();
  assert.ok(worker);
  const life = worker.unit.invocation;
  tick(drive, 9);
  for (let i = 0; i < 100 && drive.decisions.search?.to !== 0; i++) drive.run(100, { tick: true });
  // it holds a request, so it is not stopped at once
  worker.connections = 1;
  drive.run(2000);
  assert.deepEqual(drive.published(), [0]);
  drive.fake.request('search');
  drive.run(5000);
  assert.deepEqual(drive.published(), [8000]);
  assert.equal(drive.fake.alive()[0]?.unit.invocation, life);
});

test('while a pool with Min=0 cannot start, requests wait at its wake socket', () => {
  const drive = woken();
  drive.fake.behaviour = () => 'crashes';
  drive.fake.kill('search', 8000);
  drive.run(8000);
  assert.deepEqual(drive.published(), [0]);
  drive.fake.behaviour = () => 'well';
  drive.run(60_000);
  assert.deepEqual(drive.published().filter(slot => slot > 0).length, 1);
});

test('a stopped pool with Min=0 is unpublished, and a request does not wake it', () => {
  const drive = sleeper();
  drive.run(2000);
  drive.pass({ commands: [{ kind: 'stop', pool: 'search' }] });
  drive.run(3000);
  assert.deepEqual(drive.published(), []);
  for (const socket of drive.fake.wakeSockets.values()) socket.hasRequest = true;
  drive.run(3000);
  assert.deepEqual(drive.slots(), []);
});

test('a wake socket that does not listen is not published', () => {
  const drive = sleeper();
  drive.run(5000, { wakeSockets: [] });
  assert.deepEqual(drive.published(), []);
});

test('a pool that no longer scales to zero keeps its wake socket until it is unpublished', () => {
  const drive = sleeper();
  drive.run(3000);
  drive.installed = installed(pool({ min: 1, max: 3 }));
  drive.fake.nginx.fate = () => 'fails';
  drive.run(5000);
  assert.equal(drive.fake.wakeSockets.size, 1);
  drive.fake.nginx.fate = () => 'arrives';
  drive.run(20_000);
  assert.deepEqual([drive.published(), drive.fake.wakeSockets.size], [[8000], 0]);
});

test('a request that waited while the pool was stopped reaches the pool, even if that no longer scales to zero', () => {
  const drive = sleeper();
  drive.run(3000);
  drive.installed = installed(pool({ min: 1, max: 3 }));
  // systemd has stopped the socket, and its service still holds the request
  const held = [{ pool: 'search', listening: false, hasRequest: true, job: false }];
  drive.run(10_000);
  const targets = (wakeSockets: World['wakeSockets']) =>
    plan(drive.installed, drive.fake.world({ wakeSockets }), drive.memory, drive.fake.now).wakeTargets;
  assert.deepEqual(targets(held), { search: '127.0.0.1:8000' });
  assert.deepEqual(targets([]), {});
});

test('status shows a sleeping pool as asleep, without problems', () => {
  const drive = sleeper();
  drive.run(5000);
  const world = drive.fake.world();
  const [found] = describe(
    { version: 2, at: 0, site: defaultSite(), ...drive.installed },
    world,
    drive.memory,
    drive.fake.now,
    [],
  ).pools;
  assert.deepEqual([found?.state, found?.desired, found?.problems], ['asleep', 0, []]);
});

test.run();
