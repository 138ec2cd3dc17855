import type { Histogram } from './histogram.ts';

/** What a pool may be scaled by. */
export const METRICS = ['cpu', 'concurrency', 'requests', 'latency', 'queue', 'external', 'spare'] as const;
export type Metric = (typeof METRICS)[number];

/** The same measure over a longer and a shorter time; null is "no data", which is not zero. */
export interface Averages {
  stable: number | null;
  panic: number | null;
}

/**
 * What was measured of a pool. cpu: cores that its instances use together; concurrency: connections of all,
 * waiting ones included; requests: a second; latency: ms at the quantile that the pool file names; queue: connections that
 * no worker has accepted; external: as its command or file says; spare: instances that hold a connection.
 */
export type Signals = Record<Metric, Averages>;

/** Requests that nginx told of. */
export interface RequestStats {
  count: number;
  /** Of them, those answered with 5xx, or not at all. */
  errors: number;
  /** How long each took, ms. */
  latencies: Histogram;
}

/** What nginx told over the stable window, for people. */
export interface Traffic {
  /** Requests a second. */
  rate: number;
  /** Share of them that failed. */
  errors: number;
  /** Time that an instance took, ms; null without a request. */
  p50: number | null;
  p95: number | null;
  p99: number | null;
}

/** One instance at one moment. */
export interface InstanceSample {
  /** Names its life: CPU time begins anew with each. */
  invocation: string;
  /** CPU time used in this life, microseconds. */
  cpuUsec: number | null;
  connections: number | null;
  waiting: number | null;
}

/** One look at a pool. */
export interface Sample {
  /** ms */
  at: number;
  instances: readonly InstanceSample[];
  /** Since the sample before; null where nginx is not heard. */
  requests: RequestStats | null;
  external: number | null;
}
