import { type Heard, Hearing } from './hearing.ts';
import { Histogram } from './histogram.ts';
import type { Average, Averages, InstanceSample, RequestStats, Sample, Signals, Traffic } from './signals.ts';

/** Measurements between two samples; all but `requests` are means over that time. */
interface MeterSpan {
  /** When it ended and how long it was, ms. */
  at: number;
  length: number;
  cpu: Average;
  concurrency: Average;
  queue: Average;
  spare: Average;
  external: Average;
  requests: RequestStats | null;
  /** Connections that ended. */
  ended: number;
}

/** The metrics that are means. */
type Mean = 'cpu' | 'concurrency' | 'queue' | 'spare' | 'external';

/** The averaging windows, ms, and the quantile of the latencies to compute. */
export interface Settings {
  stable: number;
  panic: number;
  quantile: number;
}

const sum = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0);

/** The sum over the instances whose value is known, and the number of the others. */
function total(
  instances: readonly InstanceSample[],
  of: (instance: InstanceSample) => number | null,
): Average {
  const known = instances.map(of).filter(value => value !== null);
  return { value: known.length > 0 ? sum(known) : null, missing: instances.length - known.length };
}

const whole = (value: number | null): Average => ({ value, missing: 0 });

/** Averages samples over two windows, weighted by time, since samples are irregular. */
export class Meter {
  #last: Sample | null = null;
  #spans: MeterSpan[] = [];
  #activeAt = 0;
  readonly #hearing = new Hearing();

  constructor(public settings: Settings) {}

  add(sample: Sample): void {
    const before = this.#last;
    this.#last = sample;
    const length = before ? sample.at - before.at : 0;
    // after the clock was set back, earlier measurements lie in the future
    if (length < 0) this.#spans = [];
    if (length > 0) this.#hearing.add(sample.at, heardOf(sample, length));
    if (isActive(sample) || this.unheard) this.#activeAt = sample.at;
    if (before && length > 0) this.#spans.push(spanOf(before, sample, length));
    const oldest = sample.at - Math.max(this.settings.stable, this.settings.panic);
    while (this.#spans[0] && this.#spans[0].at <= oldest) this.#spans.shift();
  }

  /** How many spans it keeps. */
  get length(): number {
    return this.#spans.length;
  }

  /** When there was last work, or the pool was not known to be idle, ms. */
  get activeAt(): number {
    return this.#activeAt;
  }

  /** What shows that nginx does not report all requests; null: nothing does. */
  get unheard(): Heard | null {
    return this.#last?.requests ? this.#hearing.lacking : null;
  }

  signals(now: number): Signals {
    const { stable, panic, quantile } = this.settings;
    const [long, short] = [stable, panic].map(ms => this.#spans.filter(span => span.at > now - ms)) as [
      MeterSpan[],
      MeterSpan[],
    ];
    const both = (measure: (spans: MeterSpan[]) => Average): Averages => ({
      stable: measure(long),
      panic: measure(short),
    });
    const mean = (key: Mean): Averages => both(spans => weighted(spans, key));
    const heard = (of: (spans: MeterSpan[]) => number | null): Averages =>
      both(spans => whole(this.unheard ? null : of(spans)));
    return {
      cpu: mean('cpu'),
      concurrency: mean('concurrency'),
      queue: mean('queue'),
      spare: mean('spare'),
      external: mean('external'),
      requests: heard(countedRate),
      latency: heard(spans => latencies(spans).quantile(quantile)),
    };
  }

  /** Requests over the stable window; null when nginx does not report them, or not all. */
  traffic(now: number): Traffic | null {
    const spans = this.#spans.filter(span => span.at > now - this.settings.stable);
    const perSecond = rate(spans);
    if (perSecond === null || this.unheard) return null;
    const stats = spans.flatMap(span => span.requests ?? []);
    const [count, errors] = [sum(stats.map(s => s.count)), sum(stats.map(s => s.errors))];
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

/** A connection that lasts as long as the span or longer is seen, a shorter one by its share of it. */
function heardOf({ ended, woken, requests }: Sample, length: number): Heard {
  const expected = requests?.latencies.sum(ms => Math.min(1, ms / length)) ?? 0;
  return { ended, woken, expected, reported: requests?.count ?? 0 };
}

const serves = (instance: InstanceSample): boolean => instance.serves;

/** Unknown counts as active, and so does a pool that starts: a request may have woken it. */
const isActive = ({ instances, requests, ended }: Sample): boolean =>
  requests === null ||
  requests.count > 0 ||
  ended > 0 ||
  instances.some(({ connections }) => connections === null || connections > 0) ||
  (instances.length > 0 && !instances.some(serves));

function spanOf(before: Sample, sample: Sample, length: number): MeterSpan {
  const { external, requests, ended, at } = sample;
  const serving = sample.instances.filter(serves);
  return {
    at,
    length,
    cpu: usedCpu(before.instances, serving, length),
    concurrency: total(serving, i => i.connections),
    queue: total(serving, i => i.waiting),
    spare: total(serving, i => (i.connections === null ? null : Math.min(1, i.connections))),
    external: whole(external),
    requests,
    ended,
  };
}

/** Cores used by the instances that served through the whole span; others count from the next sample on. */
function usedCpu(
  before: readonly InstanceSample[],
  after: readonly InstanceSample[],
  length: number,
): Average {
  const marks = new Map(before.filter(serves).map(({ invocation, cpuUsec }) => [invocation, cpuUsec]));
  return total(
    after.filter(({ invocation }) => marks.has(invocation)),
    ({ invocation, cpuUsec }) => {
      const from = marks.get(invocation) ?? null;
      return from === null || cpuUsec === null ? null : (cpuUsec - from) / (length * 1000);
    },
  );
}

/** Means over the spans of which something is known. */
function weighted(spans: readonly MeterSpan[], key: Mean): Average {
  const known = spans.filter(span => span[key].value !== null);
  const length = sum(known.map(span => span.length));
  if (length === 0) return whole(null);
  const mean = (of: (average: Average) => number): number =>
    sum(known.map(span => of(span[key]) * span.length)) / length;
  return { value: mean(({ value }) => value ?? 0), missing: mean(({ missing }) => missing) };
}

/** Without any report, connections that ended show that requests are not reported, and not that there are none. */
const countedRate = (spans: readonly MeterSpan[]): number | null => {
  const found = rate(spans);
  return found === 0 && spans.some(({ ended }) => ended > 0) ? null : found;
};

/** Requests per second. */
function rate(spans: readonly MeterSpan[]): number | null {
  const known = spans.filter(span => span.requests !== null);
  const length = sum(known.map(span => span.length));
  return length > 0 ? (sum(known.map(span => span.requests?.count ?? 0)) * 1000) / length : null;
}

function latencies(spans: readonly MeterSpan[]): Histogram {
  const all = new Histogram();
  for (const { requests } of spans) if (requests) all.merge(requests.latencies);
  return all;
}
