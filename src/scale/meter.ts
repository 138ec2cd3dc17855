import type { Heard } from './heard.ts';
import { Hearing } from './hearing.ts';
import { countedRate, latencies, rate, weighted } from './means.ts';
import type { Average, Averages, Sample, Signals, Traffic } from './signals.ts';
import { type Mean, type MeterSpan, serves, spanOf, sum, whole } from './span.ts';

/** The averaging windows, ms, and the quantile of the latencies to compute. */
export interface Settings {
  stable: number;
  panic: number;
  quantile: number;
}

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

/** Unknown counts as active, and so does a pool that starts: a request may have woken it. */
const isActive = ({ instances, requests, ended }: Sample): boolean =>
  requests === null ||
  requests.count > 0 ||
  ended > 0 ||
  instances.some(({ connections }) => connections === null || connections > 0) ||
  (instances.length > 0 && !instances.some(serves));
