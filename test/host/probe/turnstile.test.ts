import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { Turnstile } from '../../../src/host/probe/turnstile.ts';

const test = suite('turnstile');

/** Work that ends when it is told to. */
class Task {
  end: () => void = () => {};
  began = false;
  readonly run = (): Promise<void> => {
    this.began = true;
    return new Promise(resolve => {
      this.end = resolve;
    });
  };
}

const tasks = (count: number): Task[] => Array.from({ length: count }, () => new Task());
const begun = (list: readonly Task[]): number => list.filter(({ began }) => began).length;

test('so many are in at a time, and the others follow in their order', async () => {
  const turnstile = new Turnstile(2, 60_000);
  const list = tasks(5);
  const done = list.map(task => turnstile.pass(task.run));
  assert.equal(begun(list), 2);
  list[1]?.end();
  await done[1];
  assert.deepEqual(
    list.map(({ began }) => began),
    [true, true, true, false, false],
  );
  for (const [i, task] of list.entries()) {
    task.end();
    await done[i];
  }
  assert.equal(begun(list), 5);
});

test('work that fails gives its place back', async () => {
  const turnstile = new Turnstile(1, 60_000);
  await assert.rejects(turnstile.pass(() => Promise.reject(new Error('no'))));
  assert.equal(await turnstile.pass(async () => 'in'), 'in');
});

test('who stays for long holds nobody up, and gives no second place back when it ends', async () => {
  const turnstile = new Turnstile(1, 5);
  const [slow, next, last] = tasks(3) as [Task, Task, Task];
  const first = turnstile.pass(slow.run);
  const second = turnstile.pass(next.run);
  while (!next.began) await new Promise(resolve => setTimeout(resolve, 1));
  const third = turnstile.pass(last.run);
  slow.end();
  await first;
  next.end();
  await second;
  last.end();
  await third;
  const [a, b] = tasks(2) as [Task, Task];
  const left = [turnstile.pass(a.run), turnstile.pass(b.run)];
  assert.deepEqual([a.began, b.began], [true, false]);
  a.end();
  await left[0];
  b.end();
  await left[1];
});

test.run();
