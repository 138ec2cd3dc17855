import { isObject, type Upgrade } from '../../base/schema.ts';

type StoredFields = Record<string, unknown>;

/** A copy with renamed fields. */
const renamed = (names: Record<string, string>, from: StoredFields): StoredFields =>
  Object.fromEntries(Object.entries(from).map(([key, value]) => [names[key] ?? key, value]));

/** A record with each value changed; anything but a record is left to the check that follows. */
const each = (values: unknown, change: (value: StoredFields) => StoredFields): unknown =>
  isObject(values)
    ? Object.fromEntries(
        Object.entries(values).map(([key, value]) => [key, isObject(value) ? change(value) : value]),
      )
    : values;

/** The kinds of a drain in 0.1.0, and now. */
const DRAINS: Record<string, string> = { spare: 'surplus', swap: 'replace' };

const drain = (known: unknown): unknown =>
  isObject(known) ? { ...known, kind: DRAINS[String(known.kind)] ?? known.kind } : known;

const instance = (known: StoredFields): StoredFields => ({
  ...renamed({ stillborn: 'failedStarts', worn: 'recycleReason' }, known),
  ...(known.drain === undefined ? {} : { drain: drain(known.drain) }),
});

const POOL = { seenText: 'seenRevision', provenText: 'goodRevision', panicSince: 'outageSince' };

const pool = (known: StoredFields): StoredFields => ({
  ...renamed(POOL, known),
  ...(known.instances === undefined ? {} : { instances: each(known.instances, instance) }),
});

/** 0.1.0 wrote schema 1: pools that were stopped or scaled by hand stay so after the update. */
const fromVersion1: Upgrade = old => ({
  ...renamed({ seasoned: 'hasHistory' }, old),
  pools: each(old.pools, pool),
});

/** No time on the monotonic clock is as great as a time of day, ms since the epoch. */
const LEAST_TIME_OF_DAY = 1.5e12;

/** The same value with its times on the monotonic clock; generations are times of day for good. */
function onMonotonic(value: unknown, epoch: number): unknown {
  if (typeof value === 'number') return value > LEAST_TIME_OF_DAY ? value - epoch : value;
  if (Array.isArray(value)) return value.map(each => onMonotonic(each, epoch));
  return isObject(value) ? timesOf(value, epoch) : value;
}

const timesOf = (known: StoredFields, epoch: number): StoredFields =>
  Object.fromEntries(
    Object.entries(known).map(([key, value]) => [
      key,
      key === 'generation' ? value : onMonotonic(value, epoch),
    ]),
  );

/** Schema 2 had times of day. */
const fromVersion2 =
  (epoch: number): Upgrade =>
  old =>
    timesOf(old, epoch);

/** The steps from earlier schemas to the present one. `epoch`: the time of day when the monotonic clock was at 0. */
export const upgrades = (epoch: number): readonly Upgrade[] => [fromVersion1, fromVersion2(epoch)];
