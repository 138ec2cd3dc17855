import { dictionary, flag, type Infer, list, nullable, number, oneOf, record, text } from '../base/schema.ts';
import { METRICS, type Signals } from './signals.ts';

const metric = oneOf(...METRICS);

/** One metric's say at a tick. */
const reading = record({
  metric,
  /** cpu, concurrency, requests, queue and external per ready instance; latency in ms; spare: busy instances. */
  value: nullable(number),
  /** The same over the panic window. */
  burst: nullable(number),
  target: number,
  /** How many instances the value asks for; null without data. */
  recommends: nullable(number),
  /** How many the burst asks for. */
  burstRecommends: nullable(number),
});
export type Reading = Infer<typeof reading>;

/** What was decided at a tick, and why. */
export const decision = record({
  /** ms since the epoch */
  at: number,
  ready: number,
  from: number,
  to: number,
  min: number,
  max: number,
  readings: list(reading),
  /** The highest recommendation of the window. */
  windowMax: number,
  /** A burst asks for twice what is there, or did within the window: the pool does not shrink. */
  panic: flag,
  /** The rule that won, in words. */
  rule: text,
  /** What kept the pool from following it, in words; null: nothing. */
  held: nullable(text),
});
export type Decision = Infer<typeof decision>;

const recommendation = record({ at: number, instances: number });
export type Recommendation = Infer<typeof recommendation>;

/** What one decision leaves for the next. */
export const scaleState = record({
  /** The recommendations still inside the window, but for those that a later one outdoes. */
  recommendations: list(recommendation).or([]),
  /** No shrinking before this time, ms since the epoch. */
  panicUntil: number.or(0),
  /** When there was last something to do, or not known to be nothing, ms since the epoch. */
  activeAt: number.or(0),
});
export type ScaleState = Infer<typeof scaleState>;

export const newScaleState = (now = 0): ScaleState => scaleState.create({ activeAt: now });

const decisions = dictionary(list(decision));

/** What was decided, by pool, as read back; undefined: it is torn or of another version. */
export const readDecisions = decisions.read;

/** All that a decision is made of, beside the pool file and the decision before. */
export interface Situation {
  /** ms since the epoch */
  now: number;
  /** Instances that requests go to. */
  ready: number;
  /** How many are wanted now. */
  from: number;
  min: number;
  max: number;
  signals: Signals;
  /** When there was last something to do, or not known to be nothing, ms since the epoch. */
  activeAt: number;
  /** Why the machine cannot bear more instances, in words; null: it can. */
  ceiling: string | null;
}
