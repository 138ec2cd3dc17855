import { dictionary, type Infer, integer, list, nullable, number, record, text } from '../base/schema.ts';
import { WAKE_SLOT } from './names.ts';

/** The slots of each pool that nginx sends requests to; slot 0 is the wake socket. */
export const live = dictionary(list(integer));
export type Live = Infer<typeof live>;

/** The pools whose requests nginx sends to the wake socket. */
export const asleepIn = (sent: Live): Set<string> =>
  new Set(Object.keys(sent).filter(name => sent[name]?.includes(WAKE_SLOT)));

/** Relative share of requests of an instance, by pool and slot; 10 if absent. */
const weights = dictionary(dictionary(number));
export type Weights = Record<string, Record<number, number>>;

/** Where nginx sends requests, and in which proportion. */
export interface Routing {
  live: Live;
  weights: Weights;
}

/** What nginx refuses: a line of the file, 0 for the file as a whole, and nginx's words. */
const fault = record({ line: integer, message: text });
export type Fault = Infer<typeof fault>;

/** What nginx refuses, by name of the file: `shop.pool`, or `cgipool.conf`. */
const refusals = dictionary(list(fault));
export type Refusals = Infer<typeof refusals>;

/** What the publish step last reported. */
const published = record({
  generation: integer,
  live,
  weights: weights.or({}),
  /** Why the last attempt failed; `live` is then what nginx still serves. */
  error: nullable(text),
  /** nginx serves these pools as it last accepted them, or not at all; and everything else as installed. */
  refused: refusals.or({}),
  /** What nginx warns of that concerns our files. */
  warnings: list(text).or([]),
  /** Files of ours that somebody had edited, and that this publish wrote anew. */
  overwritten: list(text).or([]),
  /** When that attempt began, ms of the monotonic clock; it does not reflect anything later. */
  at: number,
});
export type Published = Infer<typeof published>;

/** Before the first publish. */
export const nothingPublished: Omit<Published, 'at'> = {
  generation: 0,
  live: {},
  weights: {},
  error: null,
  refused: {},
  warnings: [],
  overwritten: [],
};

/** Reads a report of the publish step, also of an earlier version; undefined if it is something else. */
export const parsePublished = published.read;

/** Whether nginx serves everything that is installed. */
export const isComplete = ({ error, refused }: Published): boolean =>
  error === null && Object.keys(refused).length === 0;

/** Of a file of ours, for people. */
export const overwrittenText = (path: string): string =>
  `${path}: somebody had edited it, and the edits are gone: cgipool writes this file`;

/** The name of the file with the settings for all pools. */
export const SITE_FILE = 'cgipool.conf';
