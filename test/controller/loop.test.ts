import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { Loop, type Reconcile } from '../../src/controller/loop.ts';

const test = suite('loop');

const HOUR = 3_600_000;
const stop = new Error('enough');

/** Runs a loop until a turn of it throws `stop`. */
const run = (loop: Loop, reconcile: Reconcile): Promise<void> => assert.rejects(loop.run(reconcile), stop);

const soon = async (): Promise<{ wakeAt: number }> => ({ wakeAt: Date.now() });

test('turns again at the time that the turn before named', async () => {
  const at: number[] = [];
  await run(new Loop(), async () => {
    at.push(performance.now());
    if (at.length === 3) throw stop;
    return { wakeAt: Date.now() + 30 };
  });
  assert.ok((at[2] ?? 0) - (at[0] ?? 0) >= 55, `${at}`);
});

test('a time that is past is now', async () => {
  let turns = 0;
  await run(new Loop(), async () => {
    if (++turns === 50) throw stop;
    return { wakeAt: 0 };
  });
  assert.equal(turns, 50);
});

test('a wake ends the sleep', async () => {
  const loop = new Loop();
  let turns = 0;
  await run(loop, async () => {
    if (++turns === 2) throw stop;
    setTimeout(() => loop.wake(), 5);
    return { wakeAt: Date.now() + HOUR };
  });
  assert.equal(turns, 2);
});

test('wakes during a turn make one more turn, however many they are', async () => {
  const loop = new Loop();
  const woken: number[] = [];
  let turns = 0;
  await run(loop, async () => {
    turns++;
    if (turns === 1) for (let i = 0; i < 100; i++) loop.wake();
    if (turns === 2) setTimeout(() => loop.wake(), 20);
    if (turns === 3) throw stop;
    woken.push(performance.now());
    return { wakeAt: Date.now() + HOUR };
  });
  // the third turn came of the late wake alone, not of the hundred
  assert.equal(woken.length, 2);
  assert.ok(performance.now() - (woken[1] ?? 0) >= 15);
});

test('after a turn there is rest for as long as it took, whoever wakes', async () => {
  const loop = new Loop();
  const times: number[] = [];
  await run(loop, async () => {
    times.push(performance.now());
    if (times.length === 3) throw stop;
    loop.wake();
    await new Promise(resolve => setTimeout(resolve, 30));
    return soon();
  });
  const [first = 0, , third = 0] = times;
  assert.ok(third - first >= 115, times.join());
});

test('no two turns overlap', async () => {
  const loop = new Loop();
  let running = 0;
  let turns = 0;
  await run(loop, async () => {
    assert.equal(++running, 1);
    loop.wake();
    await new Promise(setImmediate);
    loop.wake();
    running--;
    if (++turns === 20) throw stop;
    return soon();
  });
});

test('a wake before the loop runs is harmless, and a turn that throws ends it', async () => {
  const loop = new Loop();
  loop.wake();
  await assert.rejects(
    loop.run(async () => {
      throw new Error('the bus is lost');
    }),
    /^Error: the bus is lost$/,
  );
});

test.run();
