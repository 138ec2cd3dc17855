import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import { type Memory, parseMemory } from '../../../src/plan/state/memory.ts';
import { Drive } from '../drive.ts';
import { installed, pool } from '../fake-world.ts';

const test = suite('memory');

/** The memory, as JSON, of a pool that was scaled and stopped by hand. */
function remembered(): Record<string, unknown> {
  const drive = new Drive(installed(pool()));
  drive.run(5000);
  drive.pass({ commands: [{ kind: 'scale', pool: 'search', range: { min: 3, max: 3 } }] });
  drive.pass({ commands: [{ kind: 'stop', pool: 'search' }] });
  return JSON.parse(JSON.stringify(drive.memory));
}

type Tree = {
  pools: { search: Record<string, unknown> & { instances: Record<string, Record<string, unknown>> } };
};

test('fields that a pool of an older memory lacks get defaults, and commands are kept', () => {
  const fields = Object.keys((remembered() as unknown as Tree).pools.search);
  for (const field of fields.filter(name => !['range', 'stopped', 'instances'].includes(name))) {
    const old = remembered() as unknown as Tree;
    delete old.pools.search[field];
    const now = parseMemory(old) ?? assert.fail(field);
    const { range, stopped } = now.pools.search ?? assert.fail();
    assert.deepEqual([range, stopped], [{ min: 3, max: 3 }, true], field);
  }
});

test('fields that an instance of an older memory lacks get defaults', () => {
  const [instance = {}] = Object.values((remembered() as unknown as Tree).pools.search.instances);
  for (const field of Object.keys(instance)) {
    const old = remembered() as unknown as Tree;
    for (const each of Object.values(old.pools.search.instances)) delete each[field];
    assert.ok(parseMemory(old), field);
  }
});

test('JSON that is not a memory is rejected', () => {
  for (const value of [null, 7, 'x', [], { version: 4 }, { pools: [] }, { version: 2, pools: { search: 7 } }])
    assert.equal(parseMemory(value), null, JSON.stringify(value));
});

/** Written by 0.1.0: one pool is scaled by hand, one stopped, one rolls over, two fail, and one dies. */
const RECORDED = JSON.parse(readFileSync(new URL('./memory-0.1.0.json', import.meta.url), 'utf8'));

test('the memory of 0.1.0 is read, with fields renamed', () => {
  const { hasHistory, pools, publish } = parseMemory(RECORDED) ?? assert.fail();
  assert.equal(hasHistory, true);
  assert.deepEqual(Object.keys(pools), Object.keys(RECORDED.pools));
  assert.deepEqual(pools.search?.range, { min: 4, max: 4 });
  assert.equal(pools.stopped?.stopped, true);
  assert.equal(pools.backed?.instances[8200]?.drain?.kind, 'surplus');
  assert.equal(pools.broken?.seenRevision, RECORDED.pools.broken.seenText);
  assert.equal(pools.search?.goodRevision, RECORDED.pools.search.provenText);
  assert.ok((pools.broken?.failures.count ?? 0) > 1);
  assert.equal(publish.generation, RECORDED.publish.generation);
});

test('times of day in the memory of 0.1.0 become times of the monotonic clock, generations stay', () => {
  const EPOCH = 7e11;
  const old = RECORDED.pools.broken.failures;
  const { pools, publish } = parseMemory(RECORDED, EPOCH) ?? assert.fail();
  assert.ok(old.until > 1.5e12);
  assert.equal(pools.broken?.failures.until, old.until - EPOCH);
  assert.equal(pools.broken?.failures.count, old.count);
  assert.deepEqual(pools.broken?.events[0]?.at, RECORDED.pools.broken.events[0].at - EPOCH);
  assert.equal(publish.generation, RECORDED.publish.generation);
});

test('no value in the memory of 0.1.0 is lost', () => {
  const words = (value: unknown): string => JSON.stringify(value).replace(/"[a-zA-Z]+":/g, '');
  const { version: _, ...old } = RECORDED;
  const { version: __, ...now } = parseMemory(RECORDED) as Memory;
  // of later versions
  const later = [
    'needed',
    'recycled',
    'kills',
    'hints',
    'lived',
    'pausedAt',
    'shell',
    'failedAt',
    'limitSince',
  ];
  for (const pool of Object.values(now.pools))
    for (const part of [pool, ...Object.values(pool.instances)])
      for (const field of later) Reflect.deleteProperty(part, field);
  assert.equal(words(sorted(now)).replaceAll('"surplus"', '"spare"'), words(sorted(old, NAMES)));
});

const NAMES: Record<string, string> = {
  ...{ seasoned: 'hasHistory', seenText: 'seenRevision', provenText: 'goodRevision' },
  ...{ panicSince: 'outageSince', stillborn: 'failedStarts', worn: 'recycleReason' },
};

/** A copy with all fields renamed and sorted. */
function sorted(value: unknown, names: Record<string, string> = {}): unknown {
  if (Array.isArray(value)) return value.map(one => sorted(one, names));
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value).map(([key, v]) => [names[key] ?? key, sorted(v, names)] as const);
  return Object.fromEntries(fields.sort(([a], [b]) => (a < b ? -1 : 1)));
}

test.run();
