import assert from 'node:assert/strict';
import { suite } from 'uvu';
import type { Scale } from '../../src/model/pool.ts';
import { decide } from '../../src/scale/decide.ts';
import { type Decision, newScaleState, type ScaleState, type Situation } from '../../src/scale/decision.ts';
import { recommend } from '../../src/scale/recommend.ts';
import { policy, signals, situation } from './given.ts';

const test = suite('scaling decision');

const once = (scale: Scale, change: Partial<Situation>, state: ScaleState = newScaleState()): Decision =>
  decide(scale, situation(change), state).decision;

/** Decides at ticks 5 s apart; the desired number after each. */
function follow(
  scale: Scale,
  changes: readonly Partial<Situation>[],
  first: Partial<Situation> = {},
): number[] {
  let state = newScaleState();
  let from = first.from ?? 2;
  return changes.map((change, i) => {
    const decided = decide(
      scale,
      situation({ ready: from, ...first, ...change, from, now: 1_000_000 + i * 5_000 }),
      state,
    );
    state = decided.state;
    from = decided.decision.to;
    return from;
  });
}

test('a recommendation is ceil(ready x value / target), and what is ready within a tolerance of 0.1', () => {
  const rows: [ready: number, value: number | null, target: number, wanted: number | null][] = [
    // the example in Kubernetes' documentation of its HorizontalPodAutoscaler
    [2, 200, 100, 4],
    [4, 50, 100, 2],
    [3, 100, 100, 3],
    [3, 109, 100, 3],
    [3, 111, 100, 4],
    [3, 91, 100, 3],
    [3, 60, 100, 2],
    [10, 89, 100, 9],
    [1, 0, 100, 0],
    [3, 2.1 / 3, 0.7, 3],
    [7, 0.3, 0.1, 21],
    [3, null, 100, null],
    [0, 100, 100, null],
  ];
  for (const [ready, value, target, wanted] of rows)
    assert.equal(recommend(ready, value, target, 0.1), wanted, `${ready} x ${value} / ${target}`);
});

test('each metric scales by its own target', () => {
  const rows: [change: Partial<Scale>, measured: Parameters<typeof signals>[0], to: number][] = [
    [{ cpu: 0.5 }, { cpu: 1.8 }, 4],
    [{ concurrency: 2 }, { concurrency: 12 }, 6],
    [{ requests: 50 }, { requests: 240 }, 5],
    [{ queue: 1 }, { queue: 7 }, 7],
    [{ external: 100, metric: { kind: 'file', path: '/x' } }, { external: 950 }, 10],
    [{ spare: 2 }, { spare: 1.2 }, 4],
    [{ latency: { quantile: 0.95, target: 200 } }, { latency: 260 }, 3],
    [{ latency: { quantile: 0.95, target: 200 } }, { latency: 9000 }, 4],
    [{ latency: { quantile: 0.95, target: 200 } }, { latency: 150 }, 2],
  ];
  for (const [change, measured, to] of rows) {
    const decision = once(policy(change), { signals: signals(measured) });
    assert.equal(decision.to, to, `${JSON.stringify(measured)}: ${decision.rule}`);
  }
});

test('a latency below half its target removes one instance per tick', () => {
  const scale = policy({ latency: { quantile: 0.95, target: 200 }, window: 0 });
  const at = (latency: number): number =>
    once(scale, { from: 4, ready: 4, signals: signals({ latency }) }).to;
  assert.deepEqual([at(120), at(99), at(1)], [4, 3, 3]);
});

test('with latency alone a pool without requests shrinks one by one; without data it does not', () => {
  const scale = policy({ latency: { quantile: 0.95, target: 200 }, window: 0 });
  const silent = { signals: signals({ latency: null, requests: 0 }) };
  const unknown = { signals: signals({ latency: null, requests: null }) };
  assert.deepEqual(follow(scale, [silent, silent, silent, silent], { from: 4 }), [3, 2, 1, 1]);
  assert.deepEqual(follow(scale, [unknown, unknown], { from: 4 }), [4, 4]);
});

test('a pool shrinks also with Window=0 and with a window as short as a tick', () => {
  for (const window of [0, 1000, 5000, 6000]) {
    const idle = { signals: signals({ concurrency: 2 }) };
    const path = follow(policy({ concurrency: 2, window }), [
      { signals: signals({ concurrency: 12 }) },
      idle,
      idle,
      idle,
    ]);
    assert.deepEqual([path[0], path[3]], [6, 1], `Window=${window}ms: ${path}`);
  }
});

test('of several metrics the highest recommendation counts, and those without data are ignored', () => {
  const scale = policy({ cpu: 0.5, concurrency: 2, requests: 10 });
  const decision = once(scale, { signals: signals({ cpu: 0.2, concurrency: 10, requests: null }) });
  assert.equal(decision.to, 5);
  assert.equal(decision.rule, 'concurrency calls for more');
  assert.deepEqual(
    decision.readings.map(r => [r.metric, r.value, r.recommends]),
    [
      ['cpu', 0.1, 1],
      ['concurrency', 5, 5],
      ['requests', null, null],
    ],
  );
});

test('without data the number of instances never changes', () => {
  const scale = policy({ cpu: 0.5, concurrency: 2 });
  assert.deepEqual(
    follow(
      scale,
      Array.from({ length: 100 }, () => ({})),
      { from: 6 },
    ).at(-1),
    6,
  );
  assert.equal(once(scale, { from: 6 }).rule, 'no data: no change');
});

test('a pool shrinks only to the highest recommendation within Window=', () => {
  const load = [12, 12, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4].map(concurrency => ({
    signals: signals({ concurrency }),
  }));
  const path = follow(policy({ concurrency: 2 }), load);
  // the last 12 was 5 s after the start: it counts until 65 s
  assert.deepEqual(path, [6, 6, ...Array.from({ length: 11 }, () => 6), 2, 2, 2]);
});

test('a burst that calls for twice the ready instances is a panic', () => {
  const scale = policy({ concurrency: 1 });
  const rows: [panic: number, to: number, panics: boolean][] = [
    [3, 2, false],
    [4, 4, true],
    [9, 9, true],
  ];
  for (const [panic, to, panics] of rows) {
    const decision = once(scale, { signals: signals({ concurrency: [2, panic] }) });
    assert.deepEqual([decision.to, decision.panic], [to, panics], `${panic}: ${decision.rule}`);
  }
  assert.equal(
    once(scale, { signals: signals({ concurrency: [2, 9] }) }).rule,
    'a burst of concurrency calls for 9',
  );
});

test('a panic lasts for Window= after the last burst, and the pool does not shrink in it', () => {
  const scale = policy({ concurrency: 1, window: 20_000 });
  const burst = { signals: signals({ concurrency: [2, 8] }) };
  const calm = { signals: signals({ concurrency: 2 }) };
  assert.deepEqual(follow(scale, [burst, calm, calm, calm, calm, calm]), [8, 8, 8, 8, 2, 2]);
});

test('StepUp= and StepDown= limit the change at a tick, and Max= the number', () => {
  const up = signals({ concurrency: 40 });
  const down = signals({ concurrency: 0 });
  const rows: [change: Partial<Scale>, from: number, to: number, held: string | null][] = [
    [{ stepUp: { instances: 3 } }, 2, 5, 'StepUp='],
    [{ stepUp: { share: 1 } }, 2, 4, 'StepUp='],
    [{ stepUp: { share: 0.1 } }, 2, 3, 'StepUp='],
    [{}, 2, 10, 'the maximum (10)'],
  ];
  for (const [change, from, to, held] of rows) {
    const decision = once(policy({ concurrency: 1, ...change }), { from, ready: from, signals: up });
    assert.deepEqual([decision.to, decision.held], [to, held]);
  }
  const gone = (stepDown: Scale['stepDown']): number =>
    once(policy({ concurrency: 1, window: 0, stepDown }), { from: 9, ready: 9, signals: down }).to;
  assert.deepEqual([gone({ instances: 2 }), gone({ share: 0.5 }), gone(null)], [7, 4, 1]);
});

test('Min= overrides StepUp=, and low memory overrides everything but Min=', () => {
  const scale = policy({ concurrency: 1, stepUp: { instances: 1 } });
  const full = signals({ concurrency: 40 });
  assert.equal(once(scale, { min: 6, signals: full }).to, 6);
  const held = once(policy({ concurrency: 1 }), { signals: full, ceiling: 'the machine: full' });
  assert.deepEqual([held.to, held.held], [2, 'the machine: full']);
  assert.equal(once(policy({ concurrency: 1 }), { min: 4, signals: full, ceiling: 'full' }).to, 4);
  const free = once(policy({ concurrency: 1, window: 0 }), {
    from: 5,
    signals: signals({ concurrency: 1 }),
    ceiling: 'full',
  });
  assert.deepEqual([free.to, free.held], [1, null], 'it may shrink');
});

test('with Min=0 a pool falls asleep after IdleTimeout=, not earlier, and stays asleep until woken', () => {
  const scale = policy({ concurrency: 1, idleTimeout: 20_000, window: 0 });
  const idle = { min: 0, activeAt: 1_000_000, signals: signals({ concurrency: 0 }) };
  assert.deepEqual(follow(scale, [idle, idle, idle, idle, idle, idle], { from: 1 }), [1, 1, 1, 1, 0, 0]);
  const woken = { ...newScaleState(), activeAt: 1_019_000 };
  assert.equal(once(scale, { ...idle, now: 1_021_000, from: 1 }, woken).to, 1, 'woken by a request');
  assert.equal(once(scale, { ...idle, from: 0, ready: 0 }).rule, 'asleep until a request arrives');
});

test('External= wakes a pool with Min=0 and keeps it awake', () => {
  const scale = policy({
    external: 10,
    metric: { kind: 'file', path: '/x' },
    idleTimeout: 20_000,
    window: 0,
  });
  const jobs = { min: 0, activeAt: 0, signals: signals({ external: 25 }) };
  const none = { min: 0, activeAt: 0, signals: signals({ external: 0 }) };
  assert.deepEqual(follow(scale, [none, jobs, jobs, none, none], { from: 0 }), [0, 3, 3, 0, 0]);
});

test('while no instance is ready only work that waits elsewhere calls for more, and that is no burst', () => {
  const every = { cpu: 9, concurrency: 9, requests: 9, latency: 9, queue: 9, spare: 9 };
  const scale = policy({ cpu: 1, concurrency: 1, requests: 1, queue: 1, spare: 1, external: 2 });
  const measured = { ready: 0, from: 1, signals: signals(every) };
  assert.deepEqual([once(scale, measured).to, once(scale, measured).rule], [1, 'no data: no change']);
  const waiting = once(scale, { ...measured, signals: signals({ external: 9 }) });
  assert.deepEqual([waiting.to, waiting.panic], [5, false]);
});

/** As Kubernetes: an instance without a measurement counts as idle for growth, and as at its target for shrinking. */
const LACKING: [ready: number, known: number, missing: number, to: number][] = [
  // all are known
  [4, 8, 0, 8],
  // three use 6 cores: with the fourth idle that is 1.5 each
  [4, 6, 1, 6],
  // with the fourth idle the three are no more than the target allows
  [4, 4, 1, 4],
  [4, 3.4, 1, 4],
  // three use 0.3: with the fourth at its target that calls for two
  [4, 0.3, 1, 2],
  // two unknown ones may be at their target
  [4, 1.9, 2, 4],
  [4, 0.2, 2, 3],
];

for (const [ready, value, missing, to] of LACKING)
  test(`${ready} ready, ${missing} of them unmeasured, a sum of ${value}: ${to}`, () => {
    const cpu = { stable: { value, missing }, panic: { value: null, missing: ready } };
    const given = { ready, from: ready, signals: { ...signals({}), cpu } };
    assert.equal(once(policy({ cpu: 1 }), given).readings[0]?.recommends, to);
  });

test('instances that cannot be measured may be busy: Spare= keeps as many more', () => {
  const spare = { stable: { value: 1, missing: 2 }, panic: { value: 1, missing: 2 } };
  const decision = once(policy({ spare: 1 }), { ready: 4, from: 4, signals: { ...signals({}), spare } });
  assert.equal(decision.to, 4);
});

test('a clock that was set back neither prolongs a panic nor keeps recommendations of the future', () => {
  const scale = policy({ concurrency: 1 });
  const state = { recommendations: [{ at: 9e9, instances: 10 }], panicUntil: 9e9, activeAt: 9e9 };
  const calm = { from: 10, ready: 10, signals: signals({ concurrency: 2 }) };
  const first = decide(scale, situation(calm), state);
  assert.equal(first.decision.panic, false);
  assert.equal(first.decision.to, 10, 'the current number counts for one window');
  const second = decide(scale, situation({ ...calm, now: 1_030_000 }), first.state);
  assert.equal(decide(scale, situation({ ...calm, now: 1_060_000 }), second.state).decision.to, 2);
});

test.run();
