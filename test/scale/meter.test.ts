import assert from 'node:assert/strict';
import { suite } from 'uvu';
import { Histogram } from '../../src/scale/histogram.ts';
import { Meter } from '../../src/scale/meter.ts';
import type { Average, InstanceSample, RequestStats, Sample } from '../../src/scale/signals.ts';
import { Random } from '../sim/random.ts';

const test = suite('meter');

const SETTINGS = { stable: 10_000, panic: 2_000, quantile: 0.9 };

const instance = (change: Partial<InstanceSample>): InstanceSample => ({
  invocation: 'a',
  serves: true,
  cpuUsec: null,
  connections: 0,
  waiting: 0,
  ...change,
});

const known = (value: number | null): Average => ({ value, missing: 0 });

const sample = (at: number, change: Partial<Sample> = {}): Sample => ({
  at,
  instances: [],
  ended: 0,
  woken: 0,
  requests: null,
  external: null,
  ...change,
});

function stats(...latencies: number[]): RequestStats {
  const all = new Histogram();
  for (const ms of latencies) all.add(ms);
  return { count: latencies.length, errors: 0, latencies: all };
}

function metered(samples: readonly Sample[]): Meter {
  const meter = new Meter(SETTINGS);
  for (const each of samples) meter.add(each);
  return meter;
}

test('without samples there is no data in either window', () => {
  for (const meter of [metered([]), metered([sample(1000)])])
    for (const averages of Object.values(meter.signals(1000)))
      assert.deepEqual(averages, { stable: known(null), panic: known(null) });
});

test('means are weighted by time, since samples are irregular', () => {
  const at = (ms: number, connections: number): Sample =>
    sample(ms, { instances: [instance({ connections })] });
  // three seconds of 10 and one of 2, however many samples there were
  const meter = metered([at(0, 9), at(3000, 10), at(3100, 2), at(3200, 2), at(4000, 2)]);
  assert.deepEqual(meter.signals(4000).concurrency, { stable: known(8), panic: known((10 * 3 + 2) / 4) });
});

test('CPU time is the sum over the instances that lived through the whole span', () => {
  const two = (at: number, a: number, b: number): Sample =>
    sample(at, { instances: [instance({ cpuUsec: a }), instance({ invocation: 'b', cpuUsec: b })] });
  const meter = metered([two(0, 0, 500_000), two(1000, 900_000, 600_000)]);
  assert.equal(meter.signals(1000).cpu.stable.value?.toFixed(3), '1.000');
  // a new life restarts at zero, which is not negative use
  meter.add(sample(2000, { instances: [instance({ invocation: 'c', cpuUsec: 10 })] }));
  assert.equal(meter.signals(2000).cpu.stable.value?.toFixed(3), '1.000');
});

test('a sum over the instances tells how many it lacks, and is unknown if it lacks all', () => {
  const meter = metered([
    sample(0),
    sample(1000, { instances: [instance({ connections: 5 }), instance({ connections: null })] }),
  ]);
  assert.deepEqual(meter.signals(1000).concurrency.stable, { value: 5, missing: 1 });
  const blind = metered([sample(0), sample(1000, { instances: [instance({ connections: null })] })]);
  assert.deepEqual(blind.signals(1000).concurrency.stable, known(null));
});

test('an instance that does not serve yet is no load, and its pool is not idle', () => {
  const busy = (serves: boolean) => (at: number, cpuUsec: number) =>
    sample(at, { requests: stats(), instances: [instance({ serves, cpuUsec, connections: 0 })] });
  const starts = busy(false);
  const meter = metered([starts(0, 0), starts(1000, 900_000)]);
  const { cpu, concurrency, queue } = meter.signals(1000);
  assert.deepEqual([cpu.stable, concurrency.stable, queue.stable], Array(3).fill(known(null)));
  assert.equal(meter.activeAt, 1000);
  // what it used before counts for nothing
  const serves = busy(true);
  meter.add(serves(2000, 1_800_000));
  assert.deepEqual(meter.signals(2000).cpu.stable, known(null));
  meter.add(serves(3000, 1_900_000));
  assert.equal(meter.signals(3000).cpu.stable.value?.toFixed(3), '0.100');
  assert.equal(meter.activeAt, 1000);
});

test('requests, latencies and errors cover the window', () => {
  const meter = metered([
    sample(0),
    sample(1000, { requests: stats(10, 10, 10, 10, 10, 10, 10, 10, 10, 1000) }),
    sample(9000, { requests: stats() }),
    sample(10_000, { requests: { ...stats(30, 30), errors: 1 } }),
  ]);
  const { requests, latency } = meter.signals(10_000);
  assert.deepEqual(requests, { stable: known(1.2), panic: known(2 / 9) });
  assert.ok((latency.stable.value ?? 0) >= 30 && (latency.stable.value ?? 0) <= 33, 'p90 of 12');
  const traffic = meter.traffic(10_000);
  assert.equal(traffic?.rate, 1.2);
  assert.equal(traffic?.errors.toFixed(3), '0.083');
  assert.ok((traffic?.p99 ?? 0) >= 1000 && (traffic?.p99 ?? 0) <= 1100);
  // the first ten are outside the window
  assert.equal(meter.signals(11_001).requests.stable.value, 2 / 9);
});

test('a pool without reports of nginx has no traffic, and never counts as idle', () => {
  const unreported = metered([sample(0), sample(1000)]);
  assert.equal(unreported.traffic(1000), null);
  assert.equal(unreported.activeAt, 1000);
  const idle = metered([sample(0), sample(1000, { requests: stats() }), sample(2000, { requests: stats() })]);
  assert.equal(idle.activeAt, 0);
  idle.add(sample(3000, { requests: stats(), instances: [instance({ connections: 1 })] }));
  idle.add(sample(4000, { requests: stats(5) }));
  idle.add(sample(5000, { requests: stats() }));
  assert.equal(idle.activeAt, 4000);
});

test('a pool of which nginx does not report all requests has no number of requests, and is not idle', () => {
  const quiet = (at: number, ended: number): Sample => sample(at, { requests: stats(), ended });
  const meter = metered([quiet(0, 0), quiet(1000, 4), quiet(2000, 4), quiet(3000, 0)]);
  assert.deepEqual(meter.unheard, { ended: 8, woken: 0, expected: 0, reported: 0 });

  const { requests, latency } = meter.signals(3000);
  assert.deepEqual([requests.stable, latency.stable], [known(null), known(null)]);
  assert.equal(meter.traffic(3000), null);
  assert.equal(meter.activeAt, 3000);
});

test('a short request is seen by few samples: as many connections call for more reports of short ones than of long', () => {
  const reported = (...took: number[]): Meter =>
    metered([sample(0), sample(1000, { requests: stats(...took), ended: 9 })]);
  assert.equal(reported(2000, 2000).unheard, null);
  assert.equal(reported(500, 500, 500, 500).unheard, null);
  assert.ok(reported(20, 20, 20, 20).unheard);
});

test('after the clock was set back, samples of the future are dropped', () => {
  const at = (ms: number, connections: number): Sample =>
    sample(ms, { instances: [instance({ connections })] });
  const meter = metered([at(900_000, 50), at(901_000, 50), at(1000, 3), at(2000, 3)]);
  assert.deepEqual(meter.signals(2000).concurrency, { stable: known(3), panic: known(3) });
});

test('a meter keeps only the spans of one window', () => {
  const meter = metered([]);
  for (let at = 0; at < 100_000; at++) meter.add(sample(at * 1000, { requests: stats(at % 50) }));
  assert.ok(JSON.stringify(meter.signals(100_000_000)).length < 1000);
  assert.equal(meter.length, 10);
});

test('quantiles are at most a tenth too high, and never too low', () => {
  const random = new Random(7);
  for (let round = 0; round < 50; round++) {
    const list = Array.from({ length: random.between(1, 400) }, () =>
      Math.round(Math.exp(random.next() * 12)),
    );
    const all = new Histogram();
    for (const ms of list) all.add(ms);
    list.sort((a, b) => a - b);
    for (const share of [0.01, 0.5, 0.9, 0.95, 0.99, 1]) {
      const exact = list[Math.max(0, Math.ceil(share * list.length) - 1)] ?? 0;
      const found = all.quantile(share) ?? 0;
      assert.ok(found >= exact - 1 && found <= exact * 1.11 + 1, `p${share * 100}: ${found} for ${exact}`);
    }
  }
  assert.equal(new Histogram().quantile(0.5), null);
});

test('merging two histograms gives the histogram of both', () => {
  const [a, b, both] = [new Histogram(), new Histogram(), new Histogram()];
  for (const ms of [1, 5, 80]) a.add(ms);
  for (const ms of [3, 900]) b.add(ms);
  for (const ms of [1, 5, 80, 3, 900]) both.add(ms);
  a.merge(b);
  for (const share of [0.2, 0.5, 0.8, 1]) assert.equal(a.quantile(share), both.quantile(share));
  assert.equal(a.total, 5);
});

test.run();
