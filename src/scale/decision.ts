import type { Metric } from './signals.ts';

/** One metric's say at a tick. */
export interface Reading {
  metric: Metric;
  /** cpu, concurrency, requests, queue and external per ready instance; latency in ms; spare: busy instances. */
  value: number | null;
  /** The same over the panic window. */
  burst: number | null;
  target: number;
  /** How many instances the value asks for; null without data. */
  recommends: number | null;
  /** How many the burst asks for. */
  burstRecommends: number | null;
}

/** What was decided at a tick, and why. */
export interface Decision {
  /** ms since the epoch */
  at: number;
  ready: number;
  from: number;
  to: number;
  min: number;
  max: number;
  readings: Reading[];
  /** The highest recommendation of the window. */
  windowMax: number;
  /** A burst asks for twice what is there, or did within the window: the pool does not shrink. */
  panic: boolean;
  /** The rule that won, in words. */
  rule: string;
  /** What kept the pool from following it, in words; null: nothing. */
  held: string | null;
}

export interface Recommendation {
  at: number;
  instances: number;
}

/** What one decision leaves for the next. */
export interface ScaleState {
  /** The recommendations still inside the window, but for those that a later one outdoes. */
  recommendations: Recommendation[];
  /** No shrinking before this time, ms since the epoch. */
  panicUntil: number;
  /** When there was last something to do, or not known to be nothing, ms since the epoch. */
  activeAt: number;
}

export const newScaleState = (now = 0): ScaleState => ({ recommendations: [], panicUntil: 0, activeAt: now });
