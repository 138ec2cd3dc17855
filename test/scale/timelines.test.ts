import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { Random } from '../sim/random.ts';
import { type Demand, flaps, most, reached, timeline } from './clock.ts';
import { policy } from './given.ts';

const test = suite('scaling over time');

/** Concurrency=2, otherwise the defaults. */
const scale = policy({ concurrency: 2 });
const TWO_TICKS_S = 2 * 5;

test('a step from 1 to 20 has enough instances within two ticks and a start, without overshoot', () => {
  const step: Demand = at => (at >= 100 && at < 200 ? 20 : 1);
  // at every position between two ticks
  for (let shift = 0; shift < 5; shift++) {
    const moments = timeline(scale, at => step(at - shift), 400);
    const took = reached(moments, 100 + shift, 10) - (100 + shift);
    assert.ok(took <= TWO_TICKS_S + 1, `${took} s`);
    assert.equal(most(moments), 10, 'no overshoot');
    assert.equal(flaps(moments), 1, 'up, then down');
    // after the window and the average
    const down = moments.find(m => m.at > 200 && m.wanted === 1)?.at ?? Infinity;
    assert.ok(down > 200 + 60 && down <= 200 + 60 + 15 + 5 + shift, `${down}`);
  }
});

test('on a ramp the pool is never more than a third behind, and never ahead', () => {
  const ramp: Demand = at => Math.min(40, 1 + at / 10);
  const moments = timeline(scale, ramp, 500);
  for (const { demand, ready, at } of moments.slice(30))
    assert.ok(ready >= Math.floor((demand / 2) * 0.66), `at ${at} s: ${ready} for ${demand}`);
  assert.equal(most(moments), 20);
  assert.equal(flaps(moments), 0);
});

test('a spike of one second has little effect, one of five seconds scales up once', () => {
  const spike =
    (seconds: number): Demand =>
    at =>
      at >= 102 && at < 102 + seconds ? 30 : 2;
  assert.ok(most(timeline(scale, spike(1), 300)) <= 8);
  const long = timeline(scale, spike(5), 300);
  assert.ok(most(long) >= 12 && most(long) <= 15, `${most(long)}`);
  assert.equal(flaps(long), 1);
});

test('a sine of five minutes is followed, with at most one change of direction each way per period', () => {
  const sine: Demand = at => 10 + 8 * Math.sin((2 * Math.PI * at) / 300);
  const moments = timeline(scale, sine, 1500);
  assert.ok(flaps(moments) <= 10, `${flaps(moments)} turns in five periods`);
  assert.equal(most(moments), 9);
  // the tolerance of a tenth, and an average that is 7.5 s old
  for (const { demand, ready, at } of moments.slice(100))
    assert.ok(ready * 2 >= demand * 0.7, `at ${at} s: ${ready} for ${demand}`);
});

test('a sine shorter than the window keeps the number at its maximum', () => {
  const sine: Demand = at => 10 + 8 * Math.sin((2 * Math.PI * at) / 40);
  assert.equal(flaps(timeline(scale, sine, 1200).slice(100)), 0);
});

test('a sawtooth shorter than the window never scales down', () => {
  const saw: Demand = at => 2 + (at % 50) / 3;
  const moments = timeline(scale, saw, 1000).slice(150);
  assert.equal(flaps(moments), 0);
  assert.ok(most(moments) <= 10);
});

test('steady noise causes no flaps, whatever the seed', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const random = new Random(seed);
    // up to a fifth up or down each second
    const moments = timeline(scale, () => 10 * (0.8 + 0.4 * random.next()), 900).slice(120);
    assert.equal(flaps(moments), 0, `seed ${seed}`);
    assert.ok(most(moments) <= 6, `seed ${seed}: ${most(moments)}`);
  }
});

test('ten minutes without data change nothing', () => {
  const moments = timeline(scale, at => (at < 100 ? 12 : null), 700);
  assert.equal(moments.at(-1)?.wanted, 6);
  assert.equal(flaps(moments), 0);
});

test('scaling on CPU and on External= follows a step within two ticks and a start', () => {
  const step: Demand = at => (at >= 100 ? 20 : 1);
  const cpu = timeline(policy({ cpu: 0.2 }), step, 200);
  assert.ok(reached(cpu, 100, 10) - 100 <= TWO_TICKS_S + 1);
  const external = timeline(policy({ external: 2, metric: { kind: 'file', path: '/x' } }), step, 200);
  assert.ok(reached(external, 100, 10) - 100 <= TWO_TICKS_S + 1);
  assert.equal(most(external), 10);
});

test('Spare= keeps idle instances besides the busy ones', () => {
  const moments = timeline(policy({ spare: 2 }), at => (at < 50 ? 0.5 : 3), 100);
  assert.deepEqual([moments[40]?.wanted, most(moments)], [3, 5]);
});

test.run();
