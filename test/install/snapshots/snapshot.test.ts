import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { stepBack } from '../../../src/install/rollback/steps.ts';
import {
  currentOf,
  noSnapshots,
  parseSnapshots,
  recordInstall,
  recordRollback,
  type Snapshots,
} from '../../../src/install/snapshots/snapshot.ts';

const test = suite('snapshots of pool files');

const install = (known: Snapshots, text: string): Snapshots =>
  recordInstall(known, new Map([['a.pool', { text, mode: 0o644 }]]), known.all.length);

/** After installs of the texts `from` to `to`. */
function installs(from: number, to: number, known = noSnapshots()): Snapshots {
  let now = known;
  for (let n = from; n <= to; n++) now = install(now, `v${n}`);
  return now;
}

/** After a rollback; null if nothing older is kept. */
function back(known: Snapshots, to: number | null = null): Snapshots | null {
  const files = stepBack(known, { file: null, to });
  return files.ok ? recordRollback(known, files.value, 0) : null;
}

const textOf = (known: Snapshots): string | null => currentOf(known)?.files[0]?.text ?? null;
const numbers = ({ all }: Snapshots): number[] => all.map(({ number }) => number);

/** The texts that one rollback after the other leads to. */
function line(known: Snapshots): (string | null)[] {
  const found: (string | null)[] = [];
  for (let at = back(known); at; at = back(at)) found.push(textOf(at));
  return found;
}

test('the last ten are kept, and rollbacks lead through all of them', () => {
  const known = installs(1, 12);
  assert.deepEqual(numbers(known), [3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  assert.deepEqual(line(known), ['v11', 'v10', 'v9', 'v8', 'v7', 'v6', 'v5', 'v4', 'v3']);
});

test('an install of the same texts is none, and one of other modes is noted in place', () => {
  const known = installs(1, 2);
  assert.deepEqual(install(known, 'v2'), known);
  const closed = recordInstall(known, new Map([['a.pool', { text: 'v2', mode: 0o600 }]]), 9);
  assert.deepEqual([numbers(closed), currentOf(closed)?.files[0]?.mode], [[1, 2], 0o600]);
});

test('what rollbacks lead to is kept longer than what was rolled back from', () => {
  const first = back(installs(1, 10), 1) ?? assert.fail();
  const known = installs(11, 13, first);
  assert.deepEqual(numbers(known), [1, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
  assert.deepEqual(line(known), ['v12', 'v11', 'v1']);
});

test('a rollback adds no snapshot, and its number undoes it', () => {
  const known = installs(1, 3);
  const once = back(known) ?? assert.fail();
  assert.deepEqual([numbers(once), textOf(once)], [[1, 2, 3], 'v2']);
  assert.deepEqual(back(once, 3), known);
});

test('the record is read as written, and anything else is none', () => {
  const known = installs(1, 3);
  assert.deepEqual(parseSnapshots(JSON.parse(JSON.stringify(known))), known);
  for (const value of [null, 7, {}, { ...known, version: 2 }, { ...known, all: [{}] }])
    assert.equal(parseSnapshots(value), null);
});

test.run();
