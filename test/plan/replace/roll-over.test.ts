import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { Drive } from '../drive.ts';
import { installed, pool } from '../fake-world.ts';

const test = suite('plan: rollout');

test('a rolling restart keeps the full number published, also of a pool of one', () => {
  for (const min of [1, 3]) {
    const drive = new Drive(installed(pool({ min, max: 4 })));
    drive.run(5000);
    const old = drive.fake.alive().map(w => w.unit.invocation);
    drive.pass({ commands: [{ kind: 'restart', pool: 'search' }] });
    drive.run(60_000, {}, () => assert.ok(drive.published().length >= min, `only ${drive.published()}`));
    assert.equal(drive.published().length, min);
    assert.ok(drive.fake.alive().every(w => !old.includes(w.unit.invocation)));
  }
});

test('a pool shrinks by the instance with the fewest requests in flight', () => {
  const drive = new Drive(installed(pool({ min: 1, max: 3 })));
  const range = (n: number) => [{ kind: 'scale', pool: 'search', range: { min: n, max: n } } as const];
  drive.pass({ commands: range(3) });
  drive.run(5000);
  const hold = (slot: number, connections: number): void => {
    const worker = drive.fake.workers.get(`search@${slot}`);
    if (worker) worker.connections = connections;
  };
  // a WebSocket on the highest slot, and more on the lowest
  hold(8002, 1);
  hold(8000, 5);
  drive.pass({ commands: range(2) });
  drive.run(5000);
  assert.deepEqual(drive.slots(), [8000, 8002]);
  hold(8000, 0);
  drive.pass({ commands: range(1) });
  drive.run(5000);
  assert.deepEqual(drive.slots(), [8002]);
});

test('without a spare slot a rolling restart stops each instance before its successor starts', () => {
  const drive = new Drive(installed(pool({ slots: [8000, 8001], min: 2, max: 2 })));
  drive.run(5000);
  drive.pass({ commands: [{ kind: 'restart', pool: 'search' }] });
  const old = drive.fake.alive().map(w => w.unit.invocation);
  drive.run(30_000, {}, () => assert.ok(drive.published().length >= 1));
  assert.equal(drive.published().length, 2);
  assert.ok(drive.fake.alive().every(w => !old.includes(w.unit.invocation)));
});

test('a rollout whose new instances do not become healthy halts, and the old ones keep serving', () => {
  const drive = new Drive(installed(pool({ min: 3 })));
  drive.run(5000);
  drive.fake.behaviour = () => 'crashes';
  for (const p of drive.installed.pools) p.revision = drive.fake.now;
  drive.run(300_000, {}, () => assert.deepEqual(drive.published(), [8000, 8001, 8002]));
});

test('after a change of Ports= the pool moves to the new slots one by one, at full capacity', () => {
  const drive = new Drive(installed(pool({ min: 3 })));
  drive.run(5000);
  const [entry] = drive.installed.pools;
  assert.ok(entry);
  const slots = [9000, 9001, 9002, 9003];
  drive.installed = { pools: [{ ...entry, pool: { ...entry.pool, slots }, retired: entry.pool.slots }] };
  drive.run(30_000, {}, () => assert.ok(drive.published().length >= 3, `${drive.published()}`));
  assert.deepEqual(drive.published(), [9000, 9001, 9002]);
  assert.deepEqual(drive.slots(), [9000, 9001, 9002]);
});

test('instances that reach a limit are recycled one at a time, at full capacity', () => {
  for (const recycling of [
    { maxAge: 60_000, maxMemory: null, maxRequests: null },
    { maxAge: null, maxMemory: 1000, maxRequests: null },
    { maxAge: null, maxMemory: null, maxRequests: 100 },
  ]) {
    const drive = new Drive(installed(pool({ min: 3, recycling })));
    drive.run(5000);
    const old = drive.fake.alive();
    for (const worker of old) Object.assign(worker, { memory: 1001, requests: 1 });
    const leaving = (): number =>
      Object.values(drive.memory.pools.search?.instances ?? {}).filter(
        m => m.drain || m.recycleReason !== null,
      ).length;
    drive.run(90_000, {}, () => {
      assert.ok(drive.published().length >= 3);
      assert.ok(leaving() <= 1, 'one at a time');
    });
    assert.ok(drive.fake.alive().every(w => !old.includes(w)));
    assert.match(
      JSON.stringify(drive.memory.pools.search?.events),
      /recycle 8000: it (has run|uses|has served)/,
    );
  }
});

test('recycling that cannot help is slowed down for as long as it does not help', () => {
  const recycling = { maxAge: null, maxMemory: 1000, maxRequests: null };
  const drive = new Drive(installed(pool({ min: 1, recycling })));
  const greedy = (): void => {
    for (const worker of drive.fake.alive()) worker.memory = 2000;
  };
  drive.run(600_000, {}, greedy);
  // after 1, 2, 4 and so on up to 256 s: a wait of more than ten seconds is no sign that it helped
  const starts = drive.kinds().filter(kind => kind === 'start').length;
  assert.ok(starts >= 8 && starts <= 11, `${starts}`);
});

test('recycling that cannot help is slowed down, and is a problem in status', () => {
  const recycling = { maxAge: null, maxMemory: 1000, maxRequests: null };
  const drive = new Drive(installed(pool({ min: 1, recycling })));
  const greedy = (): void => {
    for (const worker of drive.fake.alive()) worker.memory = 2000;
  };
  drive.run(60_000, {}, greedy);
  const { recycled, events } = drive.memory.pools.search ?? assert.fail();
  // after 1, 2, 4, 8, 16 and 32 s; without a wait it would be one a second
  assert.ok(recycled.count >= 3 && recycled.count <= 7, `${recycled.count}`);
  assert.equal(drive.published().length, 1);
  assert.ok(events.length > 0);
  assert.match(
    drive.problems(),
    /^instances reach a limit within seconds of their start, \d in a row, .*MaxMemory=/,
  );
  for (const worker of drive.fake.alive()) worker.memory = 0;
  drive.run(120_000);
  for (const worker of drive.fake.alive()) worker.memory = 2000;
  drive.run(3000);
  assert.equal(drive.problems(), '', 'one that lasts shows that it helps');
});

test('a rollout with Batch=3 never runs more than Surge= above the desired number', () => {
  const slots = Array.from({ length: 12 }, (_, i) => 8000 + i);
  const rollout = { surge: 3, batch: 3 };
  const drive = new Drive(installed(pool({ slots, min: 6, max: 6, rollout })));
  drive.run(5000);
  drive.pass({ commands: [{ kind: 'restart', pool: 'search' }] });
  let most = 0;
  drive.run(20_000, {}, () => {
    most = Math.max(most, drive.fake.alive().length);
    assert.ok(drive.published().length >= 6);
  });
  assert.equal(most, 9);
  assert.ok(drive.fake.alive().every(w => w.unit.startedAt > 1_005_000));
});

test('a rollout completes even if another program leaves fewer slots than desired', () => {
  const drive = new Drive(installed(pool({ slots: [8000, 8001, 8002, 8003], min: 4, max: 4 })));
  drive.run(5000);
  drive.fake.workers.delete('search@8003');
  drive.fake.strangers.add(8003);
  const old = drive.fake.alive();
  for (const p of drive.installed.pools) p.revision = drive.fake.now;
  drive.run(60_000, {}, () => assert.ok(drive.published().length >= 2));
  assert.deepEqual(drive.published(), [8000, 8001, 8002]);
  assert.ok(drive.fake.alive().every(worker => !old.includes(worker)));
});

test.run();
