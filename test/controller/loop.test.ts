import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { Loop, type Reconcile } from '../../src/controller/loop.ts';
import { machineClock, monotonic } from '../../src/host/clock.ts';

const test = suite('loop');

const HOUR = 3_600_000;
const stop = new Error('enough');

/** Runs a loop until a pass throws `stop`. */
const run = (loop: Loop, reconcile: Reconcile): Promise<void> => assert.rejects(loop.run(reconcile), stop);

const soon = async (): Promise<{ wakeAt: number }> => ({ wakeAt: monotonic() });

test('the next pass comes at the time that the last one returned', async () => {
  const at: number[] = [];
  await run(new Loop(), async () => {
    at.push(performance.now());
    if (at.length === 3) throw stop;
    return { wakeAt: monotonic() + 30 };
  });
  assert.ok((at[2] ?? 0) - (at[0] ?? 0) >= 55, `${at}`);
});

test('a time in the past means at once', async () => {
  let passes = 0;
  await run(new Loop(), async () => {
    if (++passes === 50) throw stop;
    return { wakeAt: 0 };
  });
  assert.equal(passes, 50);
});

test('wake() ends the sleep between passes', async () => {
  const loop = new Loop();
  let passes = 0;
  await run(loop, async () => {
    if (++passes === 2) throw stop;
    setTimeout(() => loop.wake(), 5);
    return { wakeAt: monotonic() + HOUR };
  });
  assert.equal(passes, 2);
});

test('any number of wake() calls during a pass make one more pass', async () => {
  const loop = new Loop();
  const woken: number[] = [];
  let passes = 0;
  await run(loop, async () => {
    passes++;
    if (passes === 1) for (let i = 0; i < 100; i++) loop.wake();
    if (passes === 2) setTimeout(() => loop.wake(), 20);
    if (passes === 3) throw stop;
    woken.push(performance.now());
    return { wakeAt: monotonic() + HOUR };
  });
  // the third pass came from the late wake(), not from the hundred
  assert.equal(woken.length, 2);
  assert.ok(performance.now() - (woken[1] ?? 0) >= 15);
});

test('after a pass the loop rests for twice the CPU time that it took, even if woken', async () => {
  let used = 0;
  const loop = new Loop({ ...machineClock, used: () => used });
  const times: number[] = [];
  await run(loop, async () => {
    times.push(performance.now());
    if (times.length === 3) throw stop;
    loop.wake();
    used += 30;
    return soon();
  });
  const [first = 0, , third = 0] = times;
  assert.ok(third - first >= 115, times.join());
});

test('a pass that waits for others is followed by the next at once', async () => {
  const loop = new Loop({ ...machineClock, used: () => 0 });
  const rests: number[] = [];
  let ended = performance.now();
  await run(loop, async () => {
    rests.push(performance.now() - ended);
    if (rests.length === 3) throw stop;
    loop.wake();
    await new Promise(resolve => setTimeout(resolve, 200));
    ended = performance.now();
    return soon();
  });
  assert.ok(Math.min(...rests.slice(1)) < 100, rests.join());
});

test('passes do not overlap', async () => {
  const loop = new Loop();
  let running = 0;
  let passes = 0;
  await run(loop, async () => {
    assert.equal(++running, 1);
    loop.wake();
    await new Promise(setImmediate);
    loop.wake();
    running--;
    if (++passes === 20) throw stop;
    return soon();
  });
});

test('wake() before run() is harmless, and an error in a pass ends the loop', async () => {
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
