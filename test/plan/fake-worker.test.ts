import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { Unit } from '../../src/model/observed.ts';
import { FakeWorld } from './fake-world.ts';

const test = suite('fake worker');

/** Starts a worker, and stops it this many ms later. */
function stopped(after: number): { fake: FakeWorld; unit: () => Unit | undefined } {
  const fake = new FakeWorld();
  fake.start('search', 8000);
  fake.advance(after);
  const worker = fake.workers.get('search@8000');
  worker?.stop(fake.now);
  return { fake, unit: () => fake.world().units[0] };
}

/** ms from the start to the stop, and the states that the unit shows until it is gone. */
const STOPS: [number, string[]][] = [
  [0, []],
  [1, []],
  [2, ['deactivating life1']],
  [12, ['deactivating life1']],
];

for (const [after, seen] of STOPS)
  test(`a worker stopped ${after} ms after its start shows ${seen.join(', then ') || 'no unit'}`, () => {
    const { fake, unit } = stopped(after);
    fake.advance(0);
    const found = unit();
    assert.deepEqual(found ? [`${found.active} ${found.invocation}`] : [], seen);
    fake.advance(20);
    assert.equal(unit(), undefined);
  });

test('a cancelled start leaves a failed unit failed', () => {
  const fake = new FakeWorld();
  fake.behaviour = () => 'missing';
  fake.start('search', 8000);
  fake.advance(20);
  fake.behaviour = () => 'well';
  fake.start('search', 8000);
  fake.workers.get('search@8000')?.stop(fake.now);
  fake.advance(20);
  const [unit] = fake.world().units;
  assert.deepEqual([unit?.active, unit?.job], ['failed', false]);
});

test('each fake world counts lives anew, so that a run does not depend on earlier ones', () => {
  for (const _ of [1, 2]) {
    const fake = new FakeWorld();
    fake.start('search', 8000);
    fake.advance(20);
    assert.equal(fake.world().units[0]?.invocation, 'life1');
  }
});

test.run();
