import {
  type Check,
  fields,
  isFlag,
  isNumber,
  isObject,
  isText,
  listOf,
  orNull,
  recordOf,
} from '../pool/shape.ts';
import type { Recommendation, ScaleState } from '../scale/decision.ts';
import type {
  Drain,
  Failures,
  InstanceMemory,
  Memory,
  PoolEvent,
  PoolMemory,
  PublishMemory,
  Weighing,
} from './memory.ts';
import type { Published } from './world.ts';

const oneOf =
  (...values: unknown[]): Check =>
  value =>
    values.includes(value);

const drain = fields<Drain>({
  since: isNumber,
  reason: isText,
  deadline: isNumber,
  kind: oneOf('spare', 'swap', 'slow', 'hung'),
});

const instance = fields<InstanceMemory>({
  invocation: isText,
  restarts: isNumber,
  phase: oneOf('starting', 'healthy', 'unhealthy', 'restarting'),
  since: isNumber,
  stillborn: isNumber,
  oks: isNumber,
  fails: isNumber,
  busy: isFlag,
  endedAt: isNumber,
  requests: isNumber,
  worn: orNull(isText),
  detail: isText,
  drain: orNull(drain),
});

const failures = fields<Failures>({ count: isNumber, lastAt: isNumber, until: isNumber, message: isText });
const scaling = fields<ScaleState>({
  recommendations: listOf(fields<Recommendation>({ at: isNumber, instances: isNumber })),
  panicUntil: isNumber,
  activeAt: isNumber,
});

const pool = fields<PoolMemory>({
  range: orNull(fields<{ min: number; max: number }>({ min: isNumber, max: isNumber })),
  stopped: isFlag,
  restartedAt: isNumber,
  target: isNumber,
  scaling,
  instances: recordOf(instance),
  failures,
  slotFailures: recordOf(failures),
  deaths: recordOf(listOf(isNumber)),
  seenText: isNumber,
  provenText: isNumber,
  panicSince: orNull(isNumber),
  weighing: fields<Weighing>({ at: isNumber, cpu: recordOf(isNumber), weights: recordOf(isNumber) }),
  events: listOf(fields<PoolEvent>({ at: isNumber, text: isText })),
});

const live = recordOf(listOf(Number.isSafeInteger));

const publish = fields<PublishMemory>({
  differsSince: orNull(isNumber),
  askedAt: isNumber,
  spentUntil: isNumber,
  asked: live,
  generation: isNumber,
  failures: isNumber,
});

const memory = fields<Memory>({ version: oneOf(1), seasoned: isFlag, pools: recordOf(pool), publish });

/** Whether a value read back is a memory that the planner can go on from. */
export const isMemory = (value: unknown): value is Memory => memory(value);

const published = fields<Published>({
  generation: Number.isSafeInteger,
  live,
  weights: recordOf(recordOf(isNumber)),
  error: orNull(isText),
  at: isNumber,
});

const isPublished = (value: unknown): value is Published => published(value);

/** A report of the publish step as read back, of an earlier version, too; null when it is none. */
export function publishedOf(value: unknown): Published | null {
  const whole = isObject(value) ? { weights: {}, ...value } : value;
  return isPublished(whole) ? whole : null;
}
