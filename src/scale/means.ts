import { Histogram } from './histogram.ts';
import type { Average } from './signals.ts';
import { type Mean, type MeterSpan, sum, whole } from './span.ts';

/** Means over the spans of which something is known. */
export function weighted(spans: readonly MeterSpan[], key: Mean): Average {
  const known = spans.filter(span => span[key].value !== null);
  const length = sum(known.map(span => span.length));
  if (length === 0) return whole(null);
  const mean = (of: (average: Average) => number): number =>
    sum(known.map(span => of(span[key]) * span.length)) / length;
  return { value: mean(({ value }) => value ?? 0), missing: mean(({ missing }) => missing) };
}

/** Without any report, connections that ended show that requests are not reported, and not that there are none. */
export const countedRate = (spans: readonly MeterSpan[]): number | null => {
  const found = rate(spans);
  return found === 0 && spans.some(({ ended }) => ended > 0) ? null : found;
};

/** Requests per second. */
export function rate(spans: readonly MeterSpan[]): number | null {
  const known = spans.filter(span => span.requests !== null);
  const length = sum(known.map(span => span.length));
  return length > 0 ? (sum(known.map(span => span.requests?.count ?? 0)) * 1000) / length : null;
}

/** The time that each request took. */
export function latencies(spans: readonly MeterSpan[]): Histogram {
  const all = new Histogram();
  for (const { requests } of spans) if (requests) all.merge(requests.latencies);
  return all;
}
