import {
  dictionary,
  flag,
  type Infer,
  list,
  nullable,
  number,
  oneOf,
  record,
  stored,
  text,
} from '../../base/schema.ts';
import { live } from '../../model/routing.ts';
import { scaleState } from '../../scale/decision.ts';
import { type InstanceMemory, instance } from './instance.ts';
import { upgrades } from './memory-upgrade.ts';

/** Failures that systemd's restarts did not cure. */
const failures = record({
  count: number.or(0),
  lastAt: number.or(0),
  /** No new start before this time. */
  until: number.or(0),
  message: text.or(''),
});
export type Failures = Infer<typeof failures>;

const event = record({ at: number, text });
export type PoolEvent = Infer<typeof event>;

/** The weights of Weight=auto, and the averages behind them. */
const weighing = record({
  /** When the weights last changed, ms since the epoch. */
  at: number.or(0),
  /** By slot: the average share of a core that it used lately. */
  cpu: dictionary(number).or({}),
  /** By slot, 1 to 10; empty if all are equal. */
  weights: dictionary(number).or({}),
});
export type Weighing = Infer<typeof weighing>;

const poolMemory = record({
  /** From `cgipool scale`; overrides the pool file's Min= and Max=. */
  range: nullable(record({ min: number, max: number })).or(null),
  stopped: flag.or(false),
  /** Instances older than this are replaced one by one, ms since the epoch. */
  restartedAt: number.or(0),
  /** The number of instances that autoscaling wants, before min and max. */
  target: number.or(1),
  scaling: scaleState.or(scaleState.create({})),
  instances: dictionary(instance).or({}),
  failures: failures.or(failures.create({})),
  slotFailures: dictionary(failures).or({}),
  /** Instances that reached a limit soon after their start: recycling does not help. */
  recycled: failures.or(failures.create({})),
  /** By slot: its recent deaths after which systemd restarted it, ms since the epoch. */
  deaths: dictionary(list(number)).or({}),
  /** When a stop last ended with SIGKILL, oldest first. */
  kills: list(number).or([]),
  /** By slot: what the machine shows of an instance that does not come up, for people. */
  hints: dictionary(text).or({}),
  /** The revision that failures are counted for. */
  seenRevision: number.or(0),
  /** The last revision that had a healthy instance; 0 if none had. */
  goodRevision: number.or(0),
  /** When most instances became unhealthy, or null. */
  outageSince: nullable(number).or(null),
  /** Units that the pool requires, and that were up before. */
  needed: list(text).or([]),
  weighing: weighing.or(weighing.create({})),
  events: list(event).or([]),
});
export type PoolMemory = Infer<typeof poolMemory>;

const publishMemory = record({
  /** When the wanted set first differed from the published one, or null. */
  differsSince: nullable(number).or(null),
  askedAt: number.or(0),
  /** The budget for reloads is spent until then, ms since the epoch: see SPACING_MS. */
  spentUntil: number.or(0),
  /** The last requested set. */
  asked: live.or({}),
  generation: number.or(0),
  /** In a row, for the same set. */
  failures: number.or(0),
});
export type PublishMemory = Infer<typeof publishMemory>;

/** The present schema; raise it when a stored field changes its name or meaning. */
export const MEMORY_SCHEMA = 3;

/** All state that must survive between passes; saved as JSON under /run. */
const memory = record({
  version: oneOf(MEMORY_SCHEMA),
  /** False on the very first pass: what nginx already serves then was found healthy by a predecessor. */
  hasHistory: flag.or(false),
  pools: dictionary(poolMemory).or({}),
  publish: publishMemory.or(publishMemory.create({})),
});
export type Memory = Infer<typeof memory>;

export const noFailures = (): Failures => failures.create({});

export const newInstance = (invocation: string, restarts: number, now: number): InstanceMemory =>
  instance.create({ invocation, restarts, since: now });

export const newPoolMemory = (min: number): PoolMemory => poolMemory.create({ target: min });

export const newMemory = (): Memory => memory.create({ version: MEMORY_SCHEMA });

/**
 * Parses a stored memory, of an earlier version too; null if it is unusable. `epoch`: the time of day when the monotonic clock was at 0, for
 * versions that had times of day.
 */
export const parseMemory = (value: unknown, epoch = 0): Memory | null =>
  stored(memory, upgrades(epoch))(value);
