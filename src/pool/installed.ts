import type { Pool, Site, Tls } from './pool.ts';
import { type Check, fields, isFlag, isNumber, isText, listOf, orNull } from './shape.ts';

/** A pool as it was last installed, with what the planner and publish need beside it. */
export interface InstalledPool {
  pool: Pool;
  /** When the unit text last changed, ms since the epoch: instances started before it are stale. */
  changedAt: number;
  /** Slots that the pool had before and no other has now: what serves there goes on until its successors do. */
  retired: number[];
  /** Text of the pool file. */
  source: string;
  /** Text of the pool file before the unit text last changed; null when there was none. */
  previous: string | null;
}

/** What `cgipool install` left on the machine: root writes it, controller and publish read it. */
export interface Installed {
  version: 1;
  site: Site;
  pools: InstalledPool[];
}

const any: Check = value => typeof value === 'object' && value !== null;

// what the planner and the texts cannot do without; the rest is a pool file's default or may be empty
const pool = fields<Pool>({
  name: isText,
  description: isText,
  exec: isText,
  listen: isText,
  activated: isFlag,
  protocol: isText,
  slots: listOf(isNumber),
  min: isNumber,
  max: isNumber,
  drainTimeout: isNumber,
  rollout: any,
  recycling: any,
  health: any,
  scale: any,
  schedules: listOf(any),
  nginx: fields<Pool['nginx']>({
    location: orNull(isText),
    stream: orNull(isText),
    script: orNull(isText),
    root: orNull(isText),
    set: listOf(isText),
    buffering: isFlag,
    requestBuffering: isFlag,
    weight: isText,
    maxConns: orNull(isNumber),
    keepalive: isNumber,
    backup: listOf(isNumber),
    balance: any,
    connectTimeout: isNumber,
    readTimeout: isNumber,
    idempotent: isFlag,
    maxBody: isNumber,
    slowLog: orNull(isNumber),
  }),
  service: listOf(any),
  unit: listOf(any),
  slice: listOf(any),
});

const tls = fields<Tls>({
  listen: listOf(isText),
  certificate: isText,
  key: isText,
  redirect: isFlag,
  hsts: orNull(isNumber),
  stapling: orNull(any),
});

const site = fields<Site>({
  serverNames: listOf(isText),
  listen: listOf(isText),
  tls: orNull(tls),
  acmeWebroot: orNull(isText),
  statusAllow: listOf(isText),
  control: isText,
  accessLog: isText,
  nginxGroup: isText,
  machine: any,
});

const installed = fields<Installed>({
  version: value => value === 1,
  site,
  pools: listOf(
    fields<InstalledPool>({
      pool,
      changedAt: isNumber,
      retired: listOf(isNumber),
      source: isText,
      previous: orNull(isText),
    }),
  ),
});

/** The pool with every slot that nginx may send to. */
export const servable = ({ pool, retired }: Pick<InstalledPool, 'pool' | 'retired'>): Pool => ({
  ...pool,
  slots: [...pool.slots, ...retired],
});

/** Whether a value read back is a record of an install. */
export const isInstalled = (value: unknown): value is Installed => installed(value);
