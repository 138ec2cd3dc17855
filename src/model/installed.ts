import {
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

/** A pool as it was last installed, with what the planner and publish need beside it. */
const installedPool = record({
  pool,
  /** When the unit text last changed, ms since the epoch: instances started before it are stale. */
  revision: number,
  /** Slots that the pool had before and no other has now: what serves there goes on until its successors do. */
  retired: list(number).or([]),
  /** Text of the pool file. */
  source: text.or(''),
  /** Text of the pool file before the unit text last changed; null when there was none. */
  previous: nullable(text).or(null),
});
export type InstalledPool = Infer<typeof installedPool>;

/** Of what is written now; a change of a stored field's name or meaning raises it. */
export const INSTALLED_SCHEMA = 2;

/** What `cgipool install` left on the machine: root writes it, controller and publish read it. */
const installed = record({ version: oneOf(INSTALLED_SCHEMA), site, pools: list(installedPool) });
export type Installed = Infer<typeof installed>;

const siteOf = (known: unknown): unknown =>
  isObject(known) && known.nginxUser === undefined ? { ...known, nginxUser: known.nginxGroup } : known;

/** 0.1.0 called the revision `changedAt`, and knew nginx's user by its group, which has the same name. */
const named: Upgrade = old => ({
  ...old,
  site: siteOf(old.site),
  pools: Array.isArray(old.pools) ? old.pools.map(p => ({ ...p, revision: p?.changedAt })) : old.pools,
});

/** The steps from the records of earlier programs. */
export const upgrades: readonly Upgrade[] = [named];

/** A record of an install as read back; null when it is none, or damaged. */
export const parseInstalled: (value: unknown) => Installed | null = stored(installed, upgrades);

/** The pool with every slot that nginx may send to. */
export const servable = ({ pool, retired }: Pick<InstalledPool, 'pool' | 'retired'>): Pool => ({
  ...pool,
  slots: [...pool.slots, ...retired],
});
