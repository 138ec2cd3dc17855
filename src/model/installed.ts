import {
  flag,
  type Infer,
  isObject,
  list,
  nullable,
  number,
  oneOf,
  record,
  stored,
  text,
  type Upgrade,
} from '../base/schema.ts';
import { type Pool, pool } from './pool.ts';
import { site } from './site.ts';

/** A pool as it was last installed, with what the planner and the publish step need to know about it. */
const installedPool = record({
  pool,
  /** When the unit text last changed: instances started before it are stale. ms since the epoch; to the planner, of the monotonic clock. */
  revision: number,
  /** The same on the monotonic clock of a boot, ms; null if an earlier version wrote the record. */
  began: nullable(record({ boot: text, at: number })).or(null),
  /** Slots that the pool no longer has and no other pool took: instances there serve until their successors do. */
  retired: list(number).or([]),
  /** Text of the pool file. */
  source: text.or(''),
  /** Whether not everybody may read the pool file: nor then what is written from it. */
  restricted: flag.or(false),
});
export type InstalledPool = Infer<typeof installedPool>;

/** Version of the record below; raise it when a stored field changes its name or meaning. */
export const INSTALLED_SCHEMA = 2;

/** What `cgipool install` recorded: root writes it, the controller and the publish step read it. */
const installed = record({
  version: oneOf(INSTALLED_SCHEMA),
  site,
  pools: list(installedPool),
  /** When it was written, ms since the epoch: by this the controller says which record it goes by. */
  at: number.or(0),
});
export type Installed = Infer<typeof installed>;

const siteOf = (known: unknown): unknown =>
  isObject(known) && known.nginxUser === undefined ? { ...known, nginxUser: known.nginxGroup } : known;

/** 0.1.0 called the revision `changedAt`, and knew nginx's user by its group, which has the same name. */
const renameFields: Upgrade = old => ({
  ...old,
  site: siteOf(old.site),
  pools: Array.isArray(old.pools) ? old.pools.map(p => ({ ...p, revision: p?.changedAt })) : old.pools,
});

/** The steps from version 1 on, in order. */
export const upgrades: readonly Upgrade[] = [renameFields];

/** Reads the record of an install; null if it is damaged or something else. */
export const parseInstalled: (value: unknown) => Installed | null = stored(installed, upgrades);

/**
 * The record with its revisions on the monotonic clock, which nobody sets. `boot`: this one; what was installed before it is older than all
 * instances. `epoch`: the time of day when that clock was at 0.
 */
export const onMonotonic = ({ pools, ...rest }: Installed, boot: string, epoch: number): Installed => ({
  ...rest,
  pools: pools.map(({ revision, began, ...one }) => {
    const at = began === null ? revision - epoch : began.boot === boot ? began.at : 0;
    return { ...one, began, revision: at };
  }),
});

/** Whether nginx's locations.conf has the text of a pool file that not everybody may read. */
export const hasRestrictedRoute = (pools: readonly Pick<InstalledPool, 'pool' | 'restricted'>[]): boolean =>
  pools.some(({ pool, restricted }) => restricted && pool.nginx.location !== null);

/** The pool with every slot that nginx may send requests to, retired ones included. */
export const servable = ({ pool, retired }: Pick<InstalledPool, 'pool' | 'retired'>): Pool => ({
  ...pool,
  slots: [...pool.slots, ...retired],
});
