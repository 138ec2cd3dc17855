import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { LogEntry } from '../../../src/simulate/log/entry.ts';
import { merge } from '../../../src/simulate/log/merge.ts';
import { Reorder } from '../../../src/simulate/log/reorder.ts';
import { Spread } from '../../../src/simulate/log/spread.ts';
import { Fifo } from '../../../src/simulate/queue/fifo.ts';
import { Heap } from '../../../src/simulate/queue/heap.ts';
import { Random } from '../../../src/simulate/random.ts';

const test = suite('order of requests');

const entry = (stamp: number, change: Partial<LogEntry> = {}): LogEntry => ({
  stamp,
  resolution: 1000,
  took: null,
  ended: true,
  ...change,
});

function spread(entries: readonly LogEntry[]): number[] {
  const out: number[] = [];
  const spreading = new Spread(at => out.push(at));
  for (const e of entries) spreading.add(e);
  spreading.flush();
  return out;
}

const gaps = (times: readonly number[]): number[] =>
  times.slice(1).map((at, i) => Math.round(at - (times[i] ?? 0)));

test('requests with the same second are spread evenly over it', () => {
  const four = Array.from({ length: 4 }, () => entry(5000));
  assert.deepEqual(spread(four), [5000, 5250, 5500, 5750]);
  const two = spread([...four, entry(6000), entry(6000)]).slice(4);
  assert.ok(two.every(at => at >= 6000 && at < 7000));
  assert.deepEqual(gaps(two), [500]);
});

test('the requests of each second start at a different point of it', () => {
  const seconds = Array.from({ length: 1000 }, (_, i) => entry(i * 1000));
  const offsets = spread(seconds).map((at, i) => at - i * 1000);
  for (const tenth of [0, 300, 600, 900]) {
    const inside = offsets.filter(offset => offset >= tenth && offset < tenth + 100);
    assert.ok(Math.abs(inside.length - 100) < 5, `${inside.length} of 1000`);
  }
});

test('a request logged at its end arrives earlier by the time it took', () => {
  assert.deepEqual(spread([entry(5000, { took: 300 })]), [4700]);
  assert.deepEqual(spread([entry(5000, { took: 300, ended: false })]), [5000]);
  assert.deepEqual(
    spread([entry(5000, { resolution: 1 }), entry(5001, { resolution: 1 })]).map(Math.floor),
    [5000, 5001],
  );
});

function reorder(times: readonly number[]): { out: number[]; late: number } {
  const out: number[] = [];
  const buffer = new Reorder(at => out.push(at));
  for (const at of times) buffer.add(at, null);
  buffer.flush();
  return { out, late: buffer.late };
}

test('requests are sorted by arrival, and those more than 30 s behind come as soon as possible', () => {
  assert.deepEqual(reorder([3000, 1000, 2000]), { out: [1000, 2000, 3000], late: 0 });
  // 40000 released 0 and 9000, which are 30 s older
  const { out, late } = reorder([0, 9000, 40_000, 5000, 20_000]);
  assert.deepEqual([out, late], [[0, 9000, 9000, 20_000, 40_000], 1]);
});

test('the buffer that sorts requests holds at most 100,000', () => {
  let held = 0;
  let most = 0;
  const buffer = new Reorder(() => (held -= 1));
  for (let i = 0; i < 150_000; i += 1) {
    held += 1;
    buffer.add(i / 100, null);
    most = Math.max(most, held);
  }
  assert.equal(most, 100_000);
});

async function* batches(...lists: number[][]): AsyncGenerator<LogEntry[]> {
  for (const list of lists) yield list.map(stamp => entry(stamp));
}

async function merged(...sources: AsyncGenerator<LogEntry[]>[]): Promise<number[]> {
  const out: number[] = [];
  for await (const list of merge(sources)) out.push(...list.map(e => e.stamp));
  return out;
}

test('logs are merged by time, in whatever order they are given', async () => {
  const rotated = await merged(batches([7, 8], [9]), batches([1, 2], [], [3]), batches([4, 5, 6]));
  assert.deepEqual(rotated, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  const interleaved = await merged(batches([1, 4], [5, 8]), batches([2, 3, 6], [7, 9]), batches([]));
  assert.deepEqual(interleaved, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test('merging keeps entries that are out of order in their own log', async () => {
  const all = await merged(batches([1, 9, 2, 10]), batches([3, 4, 11]));
  assert.deepEqual(all, [1, 3, 4, 9, 2, 10, 11]);
});

test('a heap returns the least key first, a queue the oldest request', () => {
  const random = new Random(7);
  const keys = Array.from({ length: 1000 }, () => Math.floor(random.next() * 500));
  const heap = new Heap<number>();
  for (const key of keys.slice(0, 600)) heap.push(key, key);
  const out = Array.from({ length: 300 }, () => heap.pop());
  assert.deepEqual(
    out,
    keys
      .slice(0, 600)
      .sort((a, b) => a - b)
      .slice(0, 300),
  );
  for (const key of keys.slice(600)) heap.push(key, key);
  const rest = Array.from({ length: heap.size }, () => [heap.least, heap.pop()]);
  assert.ok(
    rest.every(([key, value], i) => key === value && (i === 0 || (rest[i - 1]?.[0] ?? 0) <= (key ?? 0))),
  );
  assert.deepEqual([rest.length, heap.least], [700, Number.POSITIVE_INFINITY]);

  const fifo = new Fifo();
  const seen: number[] = [];
  for (let i = 0; i < 1000; i += 1) {
    fifo.push(i, 2 * i);
    if (i % 3 === 0) seen.push(fifo.shift()?.at ?? -1);
  }
  for (let next = fifo.shift(); next; next = fifo.shift()) {
    assert.equal(next.service, 2 * next.at);
    seen.push(next.at);
  }
  assert.deepEqual(
    seen,
    Array.from({ length: 1000 }, (_, i) => i),
  );
});

test.run();
