import { dictionary, type Infer, integer, list, nullable, number, record, text } from '../base/schema.ts';

/** Which slots of which pool nginx sends to; slot 0 is the wake socket. */
export const live = dictionary(list(integer));
export type Live = Infer<typeof live>;

/** How many requests an instance gets beside the others, by pool and slot; 10 where nothing is said. */
const weights = dictionary(dictionary(number));
export type Weights = Record<string, Record<number, number>>;

/** Where nginx sends what. */
export interface Routing {
  live: Live;
  weights: Weights;
}

/** What the publish step last reported. */
const published = record({
  generation: integer,
  live,
  weights: weights.or({}),
  /** Why the last attempt failed; `live` is then what still serves. */
  error: nullable(text),
  /** When that attempt began: it knew nothing later, ms since the epoch. */
  at: number,
});
export type Published = Infer<typeof published>;

/** A report of the publish step as read back, one of an earlier program, too; undefined when it is none. */
export const parsePublished = published.read;
