import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { Hearing } from '../../src/scale/hearing.ts';
import { Random } from '../sim/random.ts';

const test = suite('what nginx reports, against connections that end');

/** A second each: connections seen to end, those that reports let expect, reports. */
type Second = [ended: number, expected: number, reported: number];

/** Adds seconds from a time on, ms. */
function hear(hearing: Hearing, seconds: readonly Second[], from = 0): Hearing {
  for (const [i, [ended, expected, reported]] of seconds.entries())
    hearing.add(from + (i + 1) * 1000, { ended, woken: 0, expected, reported });
  return hearing;
}

const times = (count: number, second: Second): Second[] => Array.from({ length: count }, () => second);

test('connections without any report: after seven nginx does not report all', () => {
  assert.equal(hear(new Hearing(), times(6, [1, 0, 0])).lacking, null);
  assert.deepEqual(hear(new Hearing(), times(7, [1, 0, 0])).lacking, {
    ended: 7,
    woken: 0,
    expected: 0,
    reported: 0,
  });
});

test('reports of before do not hide what is missing now, nor do those of another server block', () => {
  const before = times(60, [2, 2, 60]);
  const silent = hear(hear(new Hearing(), before), times(60, [2, 0, 0]), 60_000);
  assert.ok(silent.lacking);
  assert.ok(hear(new Hearing(), times(30, [3, 0.5, 9])).lacking, 'three of four are not reported');
});

test('three requests that woke a pool and are not reported suffice, a dozen that are do not', () => {
  const wake = (hearing: Hearing, reported: number, at: number): Hearing | undefined => {
    hearing.add(at, { ended: 1, woken: 1, expected: reported, reported });
    return hearing.lacking ? hearing : undefined;
  };
  const silent = new Hearing();
  assert.deepEqual(
    [100_000, 200_000, 300_000].map(at => wake(silent, 0, at) !== undefined),
    [false, false, true],
  );
  const told = new Hearing();
  for (let i = 1; i <= 12; i++) assert.equal(wake(told, 1, i * 5_000), undefined);
});

test('a few requests add up over a quarter of an hour', () => {
  const rare = Array.from({ length: 800 }, (_, i): Second => [i % 100 === 0 ? 1 : 0, 0, 0]);
  assert.ok(hear(new Hearing(), rare).lacking);
});

test('when all are reported chance does not show otherwise in a day, at several rates', () => {
  for (const [rate, seen] of [
    [0.01, 1],
    [0.2, 0.5],
    [2, 0.05],
    [50, 0.02],
  ] as const) {
    const random = new Random(7);
    const hearing = new Hearing();
    for (let at = 1000; at <= 86_400_000; at += 1000) {
      const reported = Math.floor(rate) + (random.chance(rate % 1) ? 1 : 0);
      let ended = 0;
      for (let i = 0; i < reported; i++) if (random.chance(seen)) ended += 1;
      hearing.add(at, { ended, woken: 0, expected: reported * seen, reported });
      assert.equal(hearing.lacking, null, `${rate} a second, ${seen} of them seen`);
    }
  }
});

test('it holds while no connection is seen, and until a minute has been reported whole', () => {
  const found = hear(new Hearing(), times(10, [2, 0, 0]));
  found.add(600_000, { ended: 0, woken: 0, expected: 0, reported: 0 });
  assert.ok(found.lacking);
  hear(found, times(10, [2, 0, 0]), 600_000);
  hear(found, times(50, [2, 2, 9]), 610_000);
  assert.ok(found.lacking);
  hear(found, times(20, [2, 2, 9]), 660_000);
  assert.equal(found.lacking, null);
});

test('what a clock that was set back has left does not count', () => {
  const ahead = new Hearing();
  for (const at of [9e9, 9e9 + 1]) ahead.add(at, { ended: 3, woken: 0, expected: 0, reported: 0 });
  ahead.add(1000, { ended: 2, woken: 0, expected: 0, reported: 0 });
  assert.equal(ahead.lacking, null);
});

test.run();
