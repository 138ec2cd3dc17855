import { Histogram } from './histogram.ts';
import type { Averages, InstanceSample, RequestStats, Sample, Signals, Traffic } from './signals.ts';

/** What was measured between two samples; all but the counts of `told` are means over that time. */
interface MeterSpan {
  /** When it ended and how long it was, ms. */
  at: number;
  length: number;
  cpu: number | null;
  concurrency: number | null;
  queue: number | null;
  spare: number | null;
  external: number | null;
  requests: RequestStats | null;
}

/** Over how long each is averaged, ms, and which quantile of the latencies is asked for. */
export interface Settings {
  stable: number;
  panic: number;
  quantile: number;
}

const sum = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0);

/** The sum over the instances, or null when one of them is not known: a part would pass for a lull. */
function total(
  instances: readonly InstanceSample[],
  of: (gauge: InstanceSample) => number | null,
): number | null {
  const values = instances.map(of);
  return values.some(v => v === null) ? null : sum(values.map(v => v ?? 0));
}

/** Turns samples into averages over two windows. Time-weighted: looks come irregularly. */
export class Meter {
  #last: Sample | null = null;
  #spans: MeterSpan[] = [];
  #activeAt = 0;

  constructor(public settings: Settings) {}

  add(sample: Sample): void {
    const before = this.#last;
    this.#last = sample;
    const length = before ? sample.at - before.at : 0;
    // a clock that was set back measures nothing, and what it measured lies in the future
    if (length < 0) this.#spans = [];
    if (isActive(sample)) this.#activeAt = sample.at;
    if (before && length > 0) this.#spans.push(spanOf(before, sample, length));
    const oldest = sample.at - Math.max(this.settings.stable, this.settings.panic);
    while (this.#spans[0] && this.#spans[0].at <= oldest) this.#spans.shift();
  }

  /** Stretches of time that it keeps. */
  get length(): number {
    return this.#spans.length;
  }

  /** When there was last something to do, or not known to be nothing, ms. */
  get activeAt(): number {
    return this.#activeAt;
  }

  signals(now: number): Signals {
    const { stable, panic, quantile } = this.settings;
    const [long, short] = [stable, panic].map(ms => this.#spans.filter(span => span.at > now - ms)) as [
      MeterSpan[],
      MeterSpan[],
    ];
    const both = (measure: (spans: MeterSpan[]) => number | null): Averages => ({
      stable: measure(long),
      panic: measure(short),
    });
    const mean = (key: 'cpu' | 'concurrency' | 'queue' | 'spare' | 'external'): Averages =>
      both(spans => weighted(spans, key));
    return {
      cpu: mean('cpu'),
      concurrency: mean('concurrency'),
      queue: mean('queue'),
      spare: mean('spare'),
      external: mean('external'),
      requests: both(rate),
      latency: both(spans => latencies(spans).quantile(quantile)),
    };
  }

  /** What nginx told over the stable window; null where it is not heard. */
  traffic(now: number): Traffic | null {
    const spans = this.#spans.filter(span => span.at > now - this.settings.stable);
    const perSecond = rate(spans);
    if (perSecond === null) return null;
    const told = spans.flatMap(span => span.requests ?? []);
    const [count, errors] = [sum(told.map(t => t.count)), sum(told.map(t => t.errors))];
    const all = latencies(spans);
    return {
      rate: perSecond,
      errors: count > 0 ? errors / count : 0,
      p50: all.quantile(0.5),
      p95: all.quantile(0.95),
      p99: all.quantile(0.99),
    };
  }
}

/** What is not known counts: it must not put a pool to sleep. */
const isActive = ({ instances, requests: told }: Sample): boolean =>
  told === null ||
  told.count > 0 ||
  instances.some(({ connections }) => connections === null || connections > 0);

function spanOf(before: Sample, sample: Sample, length: number): MeterSpan {
  const { instances, external, requests: told, at } = sample;
  return {
    at,
    length,
    cpu: usedCpu(before.instances, instances, length),
    concurrency: total(instances, i => i.connections),
    queue: total(instances, i => i.waiting),
    spare: total(instances, i => (i.connections === null ? null : Math.min(1, i.connections))),
    external,
    requests: told,
  };
}

/**
 * Cores that all instances used; null when one of them is not known, or none lived all the time. One that began meanwhile
 * counts from the next sample on.
 */
function usedCpu(
  before: readonly InstanceSample[],
  after: readonly InstanceSample[],
  length: number,
): number | null {
  const marks = new Map(before.map(({ invocation, cpuUsec }) => [invocation, cpuUsec]));
  const lived = after.filter(({ invocation }) => marks.has(invocation));
  const used = total(lived, ({ invocation, cpuUsec }) => {
    const from = marks.get(invocation) ?? null;
    return from === null || cpuUsec === null ? null : (cpuUsec - from) / (length * 1000);
  });
  return lived.length > 0 ? used : null;
}

function weighted(
  spans: readonly MeterSpan[],
  key: 'cpu' | 'concurrency' | 'queue' | 'spare' | 'external',
): number | null {
  const known = spans.filter(span => span[key] !== null);
  const length = sum(known.map(span => span.length));
  return length > 0 ? sum(known.map(span => (span[key] ?? 0) * span.length)) / length : null;
}

/** Requests a second. */
function rate(spans: readonly MeterSpan[]): number | null {
  const known = spans.filter(span => span.requests !== null);
  const length = sum(known.map(span => span.length));
  return length > 0 ? (sum(known.map(span => span.requests?.count ?? 0)) * 1000) / length : null;
}

function latencies(spans: readonly MeterSpan[]): Histogram {
  const all = new Histogram();
  for (const { requests: told } of spans) if (told) all.merge(told.latencies);
  return all;
}
