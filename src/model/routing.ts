import { dictionary, type Infer, integer, list, nullable, number, record, text } from '../base/schema.ts';

/** The slots of each pool that nginx sends requests to; slot 0 is the wake socket. */
export const live = dictionary(list(integer));
export type Live = Infer<typeof live>;

/** Relative share of requests of an instance, by pool and slot; 10 if absent. */
const weights = dictionary(dictionary(number));
export type Weights = Record<string, Record<number, number>>;

/** Where nginx sends requests, and in which proportion. */
export interface Routing {
  live: Live;
  weights: Weights;
}

/** What the publish step last reported. */
const published = record({
  generation: integer,
  live,
  weights: weights.or({}),
  /** Why the last attempt failed; `live` is then what nginx still serves. */
  error: nullable(text),
  /** When that attempt began, ms since the epoch; it does not reflect anything later. */
  at: number,
});
export type Published = Infer<typeof published>;

/** Reads a report of the publish step, also of an earlier version; undefined if it is something else. */
export const parsePublished = published.read;
