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

/** Failures that systemd's own restart did not cure. */
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

/** How nginx's weights follow what instances have to spare (Weight=auto). */
const weighing = record({
  /** When the weights last changed, ms since the epoch. */
  at: number.or(0),
  /** By slot: the share of a core that it used of late, averaged. */
  cpu: dictionary(number).or({}),
  /** By slot, 1 to 10; empty: all the same. */
  weights: dictionary(number).or({}),
});
export type Weighing = Infer<typeof weighing>;

const poolMemory = record({
  /** From `cgipool scale`, over the pool file's Min= and Max=. */
  range: nullable(record({ min: number, max: number })).or(null),
  stopped: flag.or(false),
  /** Instances older than this are replaced one by one, ms since the epoch. */
  restartedAt: number.or(0),
  /** What autoscaling wants, before min and max. */
  target: number.or(1),
  scaling: scaleState.or(scaleState.create({})),
  instances: dictionary(instance).or({}),
  failures: failures.or(failures.create({})),
  slotFailures: dictionary(failures).or({}),
  /** When each slot died and was restarted by systemd, of late, ms since the epoch. */
  deaths: dictionary(list(number)).or({}),
  /** The revision that failures are counted for. */
  seenRevision: number.or(0),
  /** The revision of which an instance was last healthy; 0: of none. */
  goodRevision: number.or(0),
  /** When a majority became unhealthy together, or null. */
  outageSince: nullable(number).or(null),
  weighing: weighing.or(weighing.create({})),
  events: list(event).or([]),
});
export type PoolMemory = Infer<typeof poolMemory>;

const publishMemory = record({
  /** When the wanted set first differed from the published one, or null. */
  differsSince: nullable(number).or(null),
  askedAt: number.or(0),
  /** What reloads may cost is used up until then, ms since the epoch: see SPACING_MS. */
  spentUntil: number.or(0),
  /** What was last asked for. */
  asked: live.or({}),
  generation: number.or(0),
  /** Since something else was asked for. */
  failures: number.or(0),
});
export type PublishMemory = Infer<typeof publishMemory>;

/** Of what is written now; a change of a stored field's name or meaning raises it. */
export const MEMORY_SCHEMA = 2;

/** All that must survive between two passes; JSON, saved under /run. */
const memory = record({
  version: oneOf(MEMORY_SCHEMA),
  /** False on the very first pass: what nginx then already serves was found healthy by a predecessor. */
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

/** A memory as read back, one of an earlier program, too; null when the planner cannot go on from it. */
export const parseMemory: (value: unknown) => Memory | null = stored(memory, upgrades);
