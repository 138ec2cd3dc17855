import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { Drive } from '../drive.ts';
import { installed, pool } from '../fake-world.ts';
import { scale } from '../pools.ts';

const test = suite('plan: scaling');

test('overloaded workers whose probes are late are not replaced, and the pool grows', () => {
  const drive = new Drive(installed(pool({ scale: scale({ cpu: null, concurrency: 2 }) })));
  drive.run(5000);
  const old = drive.fake.alive();
  for (const worker of old) {
    worker.behaviour = 'overloaded';
    worker.connections = 30;
  }
  const before = drive.actions.length;
  drive.run(20_000);
  drive.pass({ tick: true });
  drive.run(5000);
  assert.deepEqual(drive.slots(), [8000, 8001, 8002, 8003]);
  assert.ok(old.every(w => w.unit.restarts === 0));
  assert.deepEqual(
    drive.actions.slice(before).filter(a => a.kind === 'stop'),
    [],
  );
  assert.match(drive.memory.pools.search?.instances[8000]?.detail ?? '', /^busy: /);
});

test('the pool can grow during an outage, as all published instances count', () => {
  const drive = new Drive(installed(pool({ scale: scale({ cpu: null, concurrency: 2 }) })));
  drive.run(5000);
  for (const worker of drive.fake.alive()) {
    worker.behaviour = 'hangs';
    worker.connections = 30;
  }
  drive.run(10_000);
  drive.pass({ tick: true });
  assert.equal(drive.decisions.search?.to, 4);
});

test('a pool without metrics returns to Min= after cgipool scale auto', () => {
  const drive = new Drive(installed(pool({ scale: scale({ cpu: null }) })));
  drive.run(5000);
  drive.pass({ commands: [{ kind: 'scale', pool: 'search', range: { min: 3, max: 3 } }] });
  drive.run(5000, { tick: true });
  assert.equal(drive.published().length, 3);
  drive.pass({ commands: [{ kind: 'scale', pool: 'search', range: null }] });
  drive.run(5000, { tick: true });
  assert.equal(drive.published().length, 2);
});

test('after a pause longer than Window= the pool shrinks only one window later', () => {
  const drive = new Drive(installed(pool({ scale: scale({ cpu: null, concurrency: 2 }) })));
  drive.run(5000);
  for (const worker of drive.fake.alive()) worker.connections = 4;
  drive.run(6000, { tick: true });
  drive.run(3000);
  assert.equal(drive.slots().length, 4);
  for (const worker of drive.fake.alive()) worker.connections = 0;
  drive.run(100_000);
  for (let i = 0; i < 11; i++) {
    drive.pass({ tick: true });
    drive.run(5000);
    assert.equal(drive.slots().length, 4);
  }
  for (let i = 0; i < 3; i++) {
    drive.pass({ tick: true });
    drive.run(5000);
  }
  assert.equal(drive.slots().length, 2);
});

test('Window=1d keeps few recommendations in memory', () => {
  const day = scale({ cpu: null, concurrency: 2, window: 86_400_000 });
  const drive = new Drive(installed(pool({ scale: day })));
  drive.run(5000);
  for (let i = 0; i < 300; i++) {
    for (const worker of drive.fake.alive()) worker.connections = (i * 7) % 9;
    drive.run(100, { tick: true });
  }
  assert.ok((drive.memory.pools.search?.scaling.recommendations.length ?? 99) < 20);
});

test.run();
