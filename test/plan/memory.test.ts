import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { isMemory } from '../../src/plan/memory-shape.ts';
import { upgraded } from '../../src/plan/memory-upgrade.ts';
import { Drive } from './drive.ts';
import { installed, pool } from './fake-world.ts';

const test = suite('memory');

/** The memory of a pool at work, stopped and scaled by hand, as JSON has it. */
function remembered(): Record<string, unknown> {
  const drive = new Drive(installed(pool()));
  drive.run(5000);
  drive.look({ commands: [{ kind: 'scale', pool: 'search', range: { min: 3, max: 3 } }] });
  drive.look({ commands: [{ kind: 'stop', pool: 'search' }] });
  return JSON.parse(JSON.stringify(drive.memory));
}

type Tree = {
  pools: { search: Record<string, unknown> & { instances: Record<string, Record<string, unknown>> } };
};

test('what a later version adds is filled in, and what was asked by hand is kept', () => {
  const fields = Object.keys((remembered() as unknown as Tree).pools.search);
  for (const field of fields.filter(name => !['range', 'stopped', 'instances'].includes(name))) {
    const old = remembered() as unknown as Tree;
    delete old.pools.search[field];
    const now = upgraded(old);
    assert.ok(isMemory(now), field);
    const { range, stopped } = now.pools.search ?? assert.fail();
    assert.deepEqual([range, stopped], [{ min: 3, max: 3 }, true], field);
  }
});

test('so for each instance', () => {
  const [instance = {}] = Object.values((remembered() as unknown as Tree).pools.search.instances);
  for (const field of Object.keys(instance)) {
    const old = remembered() as unknown as Tree;
    for (const each of Object.values(old.pools.search.instances)) delete each[field];
    assert.ok(isMemory(upgraded(old)), field);
  }
});

test('nonsense stays nonsense, and is not taken for a memory', () => {
  for (const value of [null, 7, 'x', [], { version: 2 }, { pools: [] }, { pools: { search: 7 } }])
    assert.equal(isMemory(upgraded(value)), false, JSON.stringify(value));
});

test.run();
