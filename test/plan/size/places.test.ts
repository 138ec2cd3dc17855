import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { LoadSample } from '../../../src/model/observed.ts';
import type { Pool } from '../../../src/model/pool.ts';
import { Drive } from '../drive.ts';
import { installed, pool } from '../pools.ts';

const test = suite('plan: places for starts');

const CORES = 2;
/** Eight per core. */
const PLACES = 16;

/** Pools of twenty slots each; `min` by pool. */
const pools = (...mins: number[]): Pool[] =>
  mins.map((min, i) =>
    pool({
      name: `p${i}`,
      slots: Array.from({ length: 20 }, (_, slot) => 8000 + 20 * i + slot),
      min,
      max: 20,
    }),
  );

function driveOf(list: readonly Pool[], { ready = 110 } = {}): Drive {
  const drive = new Drive(installed(...list));
  drive.fake.delays.ready = () => ready;
  return drive;
}

/** The names of the pools whose instances these actions start, in order. */
const started = (actions: Drive['actions']): string[] =>
  actions.flatMap(action => (action.kind === 'start' ? [action.pool] : []));

test('no more start at a time than the cores allow, and all come up', () => {
  const drive = driveOf(pools(10, 10, 10, 10, 10));
  let most = 0;
  const starting = (): number =>
    Object.values(drive.memory.pools)
      .flatMap(({ instances }) => Object.values(instances))
      .filter(({ phase }) => phase === 'starting').length;
  drive.run(30_000, { cores: CORES }, () => {
    most = Math.max(most, starting());
  });
  assert.equal(most, PLACES);
  assert.equal(drive.fake.alive().length, 50);
  assert.equal(drive.kinds().filter(kind => kind === 'stop').length, 0);
});

test('pools take turns: who has least of what it wants comes first', () => {
  const drive = driveOf(pools(10, 1, 2));
  assert.deepEqual(started(drive.pass({ cores: 1 })), ['p0', 'p0', 'p0', 'p0', 'p0', 'p0', 'p1', 'p2']);
  assert.equal(started(driveOf(pools(10, 10, 10, 10)).pass({ cores: 1 })).join(), 'p0,p0,p1,p1,p2,p2,p3,p3');
});

test('those that wait for something else hold nobody up for longer than a second', () => {
  const drive = driveOf(pools(10, 10, 10, 10, 10), { ready: 9_000 });
  drive.run(3_500, { cores: CORES });
  assert.equal(drive.fake.alive().length, 50);
});

test('while others wait for their turn, the first instance of a pool is published soon, and the rest a few at a time', () => {
  const drive = driveOf(pools(20, 20, 20));
  const served = (): number => Math.min(...['p0', 'p1', 'p2'].map(name => drive.published(name).length));
  let first = 0;
  const began = drive.fake.now;
  drive.run(30_000, { cores: 1 }, () => {
    if (first === 0 && served() > 0) first = drive.fake.now - began;
  });
  assert.ok(first <= 3_000, `${first} ms`);
  assert.equal(served(), 20);
  const publishes = drive.kinds().filter(kind => kind === 'publish').length;
  assert.ok(publishes <= 5, `${publishes} publishes`);
});

/** What the kernel would say of all that run. */
const computing = (drive: Drive, cpu: number): LoadSample[] =>
  drive.fake.world().load.map(sample => ({ ...sample, cpu }));

test('those that compute keep their places, but for ten seconds at most', () => {
  const patient = { ...pool().health, startTimeout: 900_000 };
  const [many, one] = pools(PLACES, 1).map(each => ({ ...each, health: patient }));
  assert.ok(many && one);
  const drive = driveOf([many], { ready: 600_000 });
  const seconds = (count: number): void => {
    for (const end = drive.fake.now + count * 1000; drive.fake.now < end; ) {
      drive.fake.advance(100);
      drive.pass({ cores: CORES, load: computing(drive, 0.5) });
    }
  };
  seconds(1);
  drive.installed = installed(many, one);
  seconds(8);
  assert.ok(!started(drive.actions).includes(one.name));
  seconds(2);
  assert.ok(started(drive.actions).includes(one.name));
});

test.run();
