import { dictionary, flag, type Infer, list, nullable, number, oneOf, record, text } from '../base/schema.ts';
import { METRICS, type Signals } from './signals.ts';

const metric = oneOf(...METRICS);

/** One metric at a tick. */
const reading = record({
  metric,
  /** cpu, concurrency, requests, queue and external per ready instance; latency in ms; spare: busy instances. */
  value: nullable(number),
  /** The value over the panic window. */
  burst: nullable(number),
  target: number,
  /** How many instances the value calls for; null without data. */
  recommends: nullable(number),
  /** How many the burst calls for. */
  burstRecommends: nullable(number),
});
export type Reading = Infer<typeof reading>;

/** A decision at a tick, and the reasons. */
export const decision = record({
  /** ms since the epoch */
  at: number,
  ready: number,
  from: number,
  to: number,
  min: number,
  max: number,
  readings: list(reading),
  /** The highest recommendation within the window. */
  windowMax: number,
  /** A burst calls for twice the ready instances, or did within the window: the pool does not shrink. */
  panic: flag,
  /** The rule that decided, in words. */
  rule: text,
  /** What limited the rule, in words; null: nothing. */
  held: nullable(text),
});
export type Decision = Infer<typeof decision>;

const recommendation = record({ at: number, instances: number });
export type Recommendation = Infer<typeof recommendation>;

/** What a decision leaves for the next one. */
export const scaleState = record({
  /** The recommendations within the window, without those that a later one exceeds. */
  recommendations: list(recommendation).or([]),
  /** The pool does not shrink before this time, ms since the epoch. */
  panicUntil: number.or(0),
  /** When the pool last had work, or was not known to be idle, ms since the epoch. */
  activeAt: number.or(0),
});
export type ScaleState = Infer<typeof scaleState>;

export const newScaleState = (now = 0): ScaleState => scaleState.create({ activeAt: now });

const decisions = dictionary(list(decision));

/** Parses stored decisions, by pool; undefined: they are truncated or from another version. */
export const readDecisions = decisions.read;

/** The input of a decision, besides the pool file and the previous decision. */
export interface Situation {
  /** ms since the epoch */
  now: number;
  /** Instances that receive requests. */
  ready: number;
  /** The current number of desired instances. */
  from: number;
  min: number;
  max: number;
  signals: Signals;
  /** When the pool last had work, or was not known to be idle, ms since the epoch. */
  activeAt: number;
  /** Why the machine cannot take more instances, in words; null: it can. */
  ceiling: string | null;
}
