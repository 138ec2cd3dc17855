import type { Histogram } from './histogram.ts';

/** What a pool can be scaled on. */
export const METRICS = ['cpu', 'concurrency', 'requests', 'latency', 'queue', 'external', 'spare'] as const;
export type Metric = (typeof METRICS)[number];

/** One metric averaged over a window. */
export interface Average {
  /** Null is "no data", which is not zero. A sum has what is known of it. */
  value: number | null;
  /** How many instances the sum lacks. */
  missing: number;
}

/** One metric averaged over the stable and the panic window. */
export interface Averages {
  stable: Average;
  panic: Average;
}

/**
 * Measurements of a pool. cpu: cores that its instances use together; concurrency: connections of all instances,
 * including waiting ones; requests: per second; latency: ms at the quantile in the pool file; queue: connections that no
 * worker has accepted; external: the value of its command or file; spare: instances that hold a connection.
 */
export type Signals = Record<Metric, Averages>;

/** Requests that nginx reported. */
export interface RequestStats {
  count: number;
  /** Requests answered with 5xx or not at all. */
  errors: number;
  /** ms */
  latencies: Histogram;
}

/** Requests over the stable window, for display. */
export interface Traffic {
  /** Requests per second. */
  rate: number;
  /** Share of requests that failed. */
  errors: number;
  /** Time that an instance took, ms; null without requests. */
  p50: number | null;
  p95: number | null;
  p99: number | null;
}

/** One instance at one moment. */
export interface InstanceSample {
  /** Requests go to it. What an instance does before that is no load. */
  serves: boolean;
  /** Identifies its life: CPU time restarts at zero with each. */
  invocation: string;
  /** CPU time used in this life, microseconds. */
  cpuUsec: number | null;
  connections: number | null;
  waiting: number | null;
}

/** One sample of a pool. */
export interface Sample {
  /** ms */
  at: number;
  instances: readonly InstanceSample[];
  /** Connections of nginx that ended since the previous sample, as far as samples show. */
  ended: number;
  /** Of them, those of requests that woke the pool. */
  woken: number;
  /** Since the previous sample; null when nginx does not report requests. */
  requests: RequestStats | null;
  external: number | null;
}
