import { isObject, type Upgrade } from '../../base/schema.ts';

type Fields = Record<string, unknown>;

/** The same, its fields under other names. */
const renamed = (names: Record<string, string>, from: Fields): Fields =>
  Object.fromEntries(Object.entries(from).map(([key, value]) => [names[key] ?? key, value]));

/** Each value of a record changed; what is no record is left to the check that follows. */
const each = (values: unknown, change: (value: Fields) => Fields): unknown =>
  isObject(values)
    ? Object.fromEntries(
        Object.entries(values).map(([key, value]) => [key, isObject(value) ? change(value) : value]),
      )
    : values;

/** What 0.1.0 called the kinds of a drain. */
const DRAINS: Record<string, string> = { spare: 'surplus', swap: 'replace' };

const drain = (known: unknown): unknown =>
  isObject(known) ? { ...known, kind: DRAINS[String(known.kind)] ?? known.kind } : known;

const instance = (known: Fields): Fields => ({
  ...renamed({ stillborn: 'failedStarts', worn: 'recycleReason' }, known),
  ...(known.drain === undefined ? {} : { drain: drain(known.drain) }),
});

const POOL = { seenText: 'seenRevision', provenText: 'goodRevision', panicSince: 'outageSince' };

const pool = (known: Fields): Fields => ({
  ...renamed(POOL, known),
  ...(known.instances === undefined ? {} : { instances: each(known.instances, instance) }),
});

/** 0.1.0 wrote schema 1: a pool that was stopped or scaled by hand stays so over the update. */
const fromVersion1: Upgrade = old => ({
  ...renamed({ seasoned: 'hasHistory' }, old),
  pools: each(old.pools, pool),
});

/** The steps from the memories of earlier programs. */
export const upgrades: readonly Upgrade[] = [fromVersion1];
