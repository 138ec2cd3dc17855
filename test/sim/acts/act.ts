import type { InstalledPool } from '../../../src/model/installed.ts';
import type { Pool } from '../../../src/model/pool.ts';
import type { Worker } from '../../plan/fake-worker.ts';
import type { Scene } from '../faults.ts';

/** A simulation in which all is settled, as an act uses it. */
export interface Play extends Scene {
  /** Waits until all is as the oracle expects; throws after `ms`. */
  settles: (ms: number) => Promise<void>;
  lasts: (ms: number) => Promise<void>;
  /** Waits for a condition; throws after `ms`. */
  until: (is: () => boolean, ms: number, what: string) => Promise<void>;
  /** The autoscaling timer runs. */
  hasTimer: boolean;
  /** How often a publish was requested. */
  publishes: () => number;
  /** Throws when a condition does not hold at some time within `ms`. */
  holds: (is: () => boolean, ms: number, what: string) => Promise<void>;
}

/** One thing that happens to one pool, and what must come of it in time. It ends as it began: settled. */
export interface Act {
  name: string;
  isFor: (pool: Pool) => boolean;
  run: (play: Play, installed: InstalledPool) => Promise<void>;
}

export const act = (name: string, isFor: Act['isFor'], run: Act['run']): Act => ({ name, isFor, run });

export const any = (): boolean => true;
export const isProbed = ({ health }: Pool): boolean => health.probe !== 'none';

/** What a pool is scaled on is not the connections that its workers hold. */
export const isFree = ({ scale, nginx }: Pool): boolean =>
  scale.concurrency === null && scale.spare === 0 && nginx.location !== null;

export const workersOf = ({ fake }: Play, { pool }: InstalledPool): Worker[] =>
  [...fake.workers.values()].filter(
    ({ unit }) => unit.pool === pool.name && !pool.nginx.backup.includes(unit.slot),
  );

/** The slots that nginx sends to, without the backups. */
export const liveOf = ({ fake }: Play, { pool }: InstalledPool): number[] =>
  (fake.published?.live[pool.name] ?? []).filter(slot => !pool.nginx.backup.includes(slot));

/** The instances that serve: in nginx, or of a pool without a route, that run. */
export const servingOf = (play: Play, installed: InstalledPool): number[] =>
  installed.pool.nginx.location === null
    ? workersOf(play, installed).map(({ unit }) => unit.slot)
    : liveOf(play, installed).filter(slot => slot > 0);

/** The load that calls for this many instances. */
export function amountFor({ scale }: Pool, count: number): number {
  if (scale.spare > 0) return count - scale.spare;
  if (scale.latency) return scale.latency.target * count;
  const target = scale.cpu ?? scale.concurrency ?? scale.requests ?? scale.external ?? 1;
  return target * (count - 0.5);
}

/** The load of a pool that is as good as none, and yet keeps it awake. */
export async function withLoad(
  play: Play,
  { pool }: InstalledPool,
  count: number,
  body: () => Promise<void>,
): Promise<void> {
  play.load.amounts.set(pool.name, amountFor(pool, count));
  await play.settles(120_000);
  await body();
  play.load.amounts.delete(pool.name);
  await play.settles(300_000);
}
