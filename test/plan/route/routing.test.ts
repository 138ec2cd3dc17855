import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { type Live, nothingPublished, type Routing } from '../../../src/model/routing.ts';
import { publish } from '../../../src/plan/route/publish.ts';
import { newMemory } from '../../../src/plan/state/memory.ts';
import { nothingSeen } from '../../../src/plan/world.ts';
import { Drive } from '../drive.ts';
import { installed, pool } from '../fake-world.ts';

const test = suite('plan: publish');

test('a worker that restarts within the settling time causes no reload', () => {
  const drive = new Drive(installed(pool()));
  drive.run(5000);
  const before = drive.actions.length;
  drive.fake.kill('search', 8000);
  // two probes at 100 ms find it healthy again before anything is published
  drive.run(3000);
  assert.deepEqual(drive.published(), [8000, 8001]);
  assert.ok(drive.actions.length - before <= 2, JSON.stringify(drive.actions.slice(before)));
});

test('the only instance of a pool stays published if it restarts within a second', () => {
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
  assert.deepEqual(drive.published(), [], 'a slower one is unpublished');
});

test('either of two instances stays published if it restarts within a second', () => {
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
  assert.deepEqual(drive.published(), [8001], 'a slower one is unpublished');
});

/** How long after a change the next publish is requested, ms. */
function publishedAfter(drive: Drive, change: () => void): number {
  const before = drive.kinds().filter(kind => kind === 'publish').length;
  change();
  const from = drive.fake.now;
  for (let i = 0; i < 100 && drive.kinds().filter(kind => kind === 'publish').length === before; i++)
    drive.run(10, {}, undefined, 10);
  return drive.fake.now - from;
}

test('a change is published at once while no instance starts', () => {
  const drive = new Drive(installed(pool({ min: 3 })));
  drive.run(5000);
  const scale = (min: number) => () =>
    drive.pass({ commands: [{ kind: 'scale', pool: 'search', range: { min, max: min } }] });
  assert.ok(publishedAfter(drive, scale(2)) <= 10);
  drive.run(5000);
  // a start takes 110 ms
  const took = publishedAfter(drive, scale(3));
  assert.ok(took >= 110 && took < 200, `${took} ms`);
});

test('an unhealthy instance is unpublished at once, although its successor is starting', () => {
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

test('a hung instance that is restarted stays published for 0.2 s', () => {
  const drive = new Drive(installed(pool({ min: 4 })));
  drive.run(5000);
  const worker = drive.fake.workers.get('search@8000') ?? assert.fail();
  worker.behaviour = 'hangs';
  for (let i = 0; i < 1000 && !drive.kinds().includes('restart'); i++) drive.run(10, {}, undefined, 10);
  const took = publishedAfter(drive, () => {});
  assert.ok(took >= 200 && took <= 210, `${took} ms`);
});

test('two publishes may follow each other at once, further ones are a second apart', () => {
  const passes: number[] = [];
  let memory = newMemory().publish;
  const live: Live = {};
  for (let now = 10_000; now < 14_000; now += 10) {
    const world = {
      ...nothingSeen(),
      published: {
        ...nothingPublished,
        generation: memory.generation,
        live: { ...live },
        at: now,
      },
    };
    // each pass wants something else
    const step = publish(memory, world, { live: { a: [now] }, weights: {} }, 'nothing', now);
    memory = step.memory;
    if (step.action) passes.push(now);
  }
  assert.deepEqual(passes, [10_000, 10_010, 11_000, 12_000, 13_000]);
  // a clock that was set back does not delay the next one further
  const { wakeAt } = publish(
    memory,
    { ...nothingSeen(), published: null },
    { live, weights: {} },
    'nothing',
    20,
  );
  assert.ok(wakeAt === null || wakeAt <= 2020, `${wakeAt}`);
});

test('what nginx refuses is tried again at intervals that grow to a minute, and other changes are published at once', () => {
  const passes: number[] = [];
  const refused = { 'shop.pool': [{ line: 12, message: 'nginx refuses it' }] };
  const wanted = (a: number): Routing => ({ live: { a: [a], shop: [1] }, weights: {} });
  let memory = newMemory().publish;
  for (let now = 100_000; now < 400_000; now += 10) {
    const asked = { a: memory.asked.a ?? [] };
    const served = {
      ...nothingPublished,
      generation: 1,
      live: { ...asked, shop: [] },
      refused,
      at: now,
    };
    const step = publish(
      memory,
      { ...nothingSeen(), published: served },
      wanted(now < 390_000 ? 1 : 2),
      'nothing',
      now,
    );
    memory = step.memory;
    if (step.action) passes.push(now);
  }
  assert.ok(passes.includes(390_000), `${passes}`);
  const same = passes.filter(at => at < 390_000);
  const waits = same.slice(1).map((at, i) => at - (same[i] ?? 0));
  assert.deepEqual(waits, [10, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
});

test('published instances are not stopped while publishing fails', () => {
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

test('a drain waits for requests in flight, at most DrainTimeout=', () => {
  const drive = new Drive(installed(pool({ min: 2 })));
  drive.run(5000);
  const [busier, busy] = [8000, 8001].map(slot => drive.fake.workers.get(`search@${slot}`));
  assert.ok(busier && busy);
  Object.assign(busier, { connections: 2 });
  Object.assign(busy, { connections: 1 });
  drive.pass({ commands: [{ kind: 'scale', pool: 'search', range: { min: 1, max: 1 } }] });
  drive.run(20_000);
  assert.deepEqual(drive.published(), [8000]);
  assert.deepEqual(drive.slots(), [8000, 8001]);
  drive.run(15_000);
  assert.deepEqual(drive.slots(), [8000]);
});

test('a controller without memory adopts running instances without a reload', () => {
  const drive = new Drive(installed(pool()));
  drive.run(5000);
  drive.memory = newMemory();
  const before = drive.actions.length;
  drive.run(10_000);
  assert.equal(drive.actions.length, before);
});

test('instances of a removed pool stop once they are unpublished', () => {
  const drive = new Drive(installed(pool()));
  drive.run(5000);
  drive.installed = { pools: [] };
  drive.run(100);
  assert.equal(drive.slots().length, 2);
  drive.run(5000);
  assert.deepEqual(drive.slots(), []);
});

test.run();
