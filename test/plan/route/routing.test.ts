import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { Live } from '../../../src/model/routing.ts';
import { publish } from '../../../src/plan/route/publish.ts';
import { newMemory } from '../../../src/plan/state/memory.ts';
import { nothingSeen } from '../../../src/plan/world.ts';
import { Drive } from '../drive.ts';
import { installed, pool } from '../fake-world.ts';

const test = suite('plan: publish');

test('a worker that systemd restarts within the settling time costs no reload', () => {
  const drive = new Drive(installed(pool()));
  drive.run(5000);
  const before = drive.actions.length;
  drive.fake.kill('search', 8000);
  // two probes at 100 ms find it healthy again before anything is published
  drive.run(3000);
  assert.deepEqual(drive.published(), [8000, 8001]);
  assert.ok(drive.actions.length - before <= 2, JSON.stringify(drive.actions.slice(before)));
});

test('a pool of one that is restarted in less than a second is not unpublished meanwhile', () => {
  const drive = new Drive(installed(pool({ min: 1, max: 1 })));
  drive.run(5000);
  drive.fake.delays.ready = () => 600;
  const before = drive.actions.length;
  drive.fake.kill('search', 8000);
  drive.run(5000, {}, () => assert.deepEqual(drive.published(), [8000]));
  assert.equal(drive.actions.length, before, 'no reload');
  drive.fake.delays.ready = () => 3000;
  drive.fake.kill('search', 8000);
  drive.run(2000);
  assert.deepEqual(drive.published(), [], 'one that takes longer is');
});

test('of two, none is unpublished while systemd restarts it: the other may be the next to die', () => {
  const drive = new Drive(installed(pool({ min: 2, max: 2 })));
  drive.run(5000);
  drive.fake.delays.ready = () => 600;
  const both = (): void => assert.deepEqual(drive.published(), [8000, 8001]);
  for (const slot of [8000, 8001]) {
    drive.fake.kill('search', slot);
    drive.run(2000, {}, both);
  }
  drive.fake.delays.ready = () => 3000;
  drive.fake.kill('search', 8000);
  drive.run(2000);
  assert.deepEqual(drive.published(), [8001], 'one that takes longer is');
});

/** How long after each change nginx is told, ms, when one falls and another comes for it. */
function toldAfter(drive: Drive, change: () => void): number {
  const before = drive.kinds().filter(kind => kind === 'publish').length;
  change();
  const from = drive.fake.now;
  for (let i = 0; i < 100 && drive.kinds().filter(kind => kind === 'publish').length === before; i++)
    drive.run(10, {}, undefined, 10);
  return drive.fake.now - from;
}

test('where nobody starts there is nothing to wait for', () => {
  const drive = new Drive(installed(pool({ min: 3 })));
  drive.run(5000);
  const scale = (min: number) => () =>
    drive.pass({ commands: [{ kind: 'scale', pool: 'search', range: { min, max: min } }] });
  assert.ok(toldAfter(drive, scale(2)) <= 10);
  drive.run(5000);
  // a start takes 110 ms
  const took = toldAfter(drive, scale(3));
  assert.ok(took >= 110 && took < 200, `${took} ms`);
});

test('whoever answers nothing is taken out at once, though its successor starts', () => {
  const drive = new Drive(installed(pool()));
  drive.run(5000);
  const worker = drive.fake.workers.get('search@8000') ?? assert.fail();
  Object.assign(worker, { behaviour: 'hangs', connections: 1, oldest: 1000 });
  const before = drive.kinds().length;
  const isUnhealthy = (): boolean => drive.memory.pools.search?.instances[8000]?.phase === 'unhealthy';
  for (let i = 0; i < 100 && !isUnhealthy(); i++) drive.run(100);
  assert.ok(isUnhealthy());
  assert.deepEqual(drive.kinds().slice(before).sort(), ['publish', 'start']);
});

test('whoever is restarted for that has 0.2 s to be back', () => {
  const drive = new Drive(installed(pool({ min: 4 })));
  drive.run(5000);
  const worker = drive.fake.workers.get('search@8000') ?? assert.fail();
  worker.behaviour = 'hangs';
  for (let i = 0; i < 1000 && !drive.kinds().includes('restart'); i++) drive.run(10, {}, undefined, 10);
  const took = toldAfter(drive, () => {});
  assert.ok(took >= 200 && took <= 210, `${took} ms`);
});

test('two reloads may follow each other, the third waits for a second after the first', () => {
  const passes: number[] = [];
  let memory = newMemory().publish;
  const live: Live = {};
  for (let now = 10_000; now < 14_000; now += 10) {
    const world = {
      ...nothingSeen(),
      published: { generation: memory.generation, live: { ...live }, weights: {}, error: null, at: now },
    };
    // each pass wants something else
    const step = publish(memory, world, { live: { a: [now] }, weights: {} }, false, now);
    memory = step.memory;
    if (step.action) passes.push(now);
  }
  assert.deepEqual(passes, [10_000, 10_010, 11_000, 12_000, 13_000]);
  // a clock that is set back holds nothing up for longer
  const { wakeAt } = publish(memory, { ...nothingSeen(), published: null }, { live, weights: {} }, false, 20);
  assert.ok(wakeAt === null || wakeAt <= 2020, `${wakeAt}`);
});

test('nothing that nginx sends to is stopped while publishing fails', () => {
  const drive = new Drive(installed(pool({ min: 3 })));
  drive.run(5000);
  drive.fake.nginx.fate = () => 'fails';
  drive.pass({ commands: [{ kind: 'scale', pool: 'search', range: { min: 1, max: 1 } }] });
  drive.run(120_000);
  assert.deepEqual(drive.slots(), [8000, 8001, 8002]);
  drive.fake.nginx.fate = () => 'arrives';
  drive.run(120_000);
  assert.deepEqual(drive.slots(), [8000]);
});

test('a drain waits for what is in flight, but not for ever', () => {
  const drive = new Drive(installed(pool({ min: 2 })));
  drive.run(5000);
  const busy = drive.fake.workers.get('search@8001');
  assert.ok(busy);
  busy.connections = 1;
  drive.pass({ commands: [{ kind: 'scale', pool: 'search', range: { min: 1, max: 1 } }] });
  drive.run(20_000);
  assert.deepEqual(drive.published(), [8000]);
  assert.deepEqual(drive.slots(), [8000, 8001]);
  drive.run(15_000);
  assert.deepEqual(drive.slots(), [8000]);
});

test('a controller that forgot everything adopts what runs and reloads nothing', () => {
  const drive = new Drive(installed(pool()));
  drive.run(5000);
  drive.memory = newMemory();
  const before = drive.actions.length;
  drive.run(10_000);
  assert.equal(drive.actions.length, before);
});

test('instances of a pool that is gone stop once nginx let go of them', () => {
  const drive = new Drive(installed(pool()));
  drive.run(5000);
  drive.installed = { pools: [] };
  drive.run(100);
  assert.equal(drive.slots().length, 2);
  drive.run(5000);
  assert.deepEqual(drive.slots(), []);
});

test.run();
