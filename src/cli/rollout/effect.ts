import { isDeepStrictEqual } from 'node:util';
import { changedTexts } from '../../install/changes.ts';
import type { InstallPlan } from '../../install/compare/plan-install.ts';
import { isRevisedBy } from '../../install/installed-store.ts';
import type { Pool } from '../../model/pool.ts';
import type { InstanceStatus, PoolStatus, Status } from '../../plan/status/report.ts';

/** What an install does to a pool. */
export interface Effect {
  name: string;
  /** The pool as it will be; null if it is removed. */
  pool: Pool | null;
  isNew: boolean;
  /** Of its instances; null if it is not known what runs. */
  instances: Counts | null;
}

/** How many instances are replaced by others, started in addition, and stopped without a successor. */
export interface Counts {
  replaced: number;
  started: number;
  stopped: number;
}

const isMember = ({ state }: InstanceStatus): boolean =>
  state !== 'draining' && state !== 'stopping' && state !== 'backing-off';

/** The range in force with the new pool: by hand, of the schedule in force, or its own; at most its slots. */
function rangeOf(pool: Pool, now: PoolStatus | null): { min: number; max: number } {
  const schedule = pool.schedules.find(({ name }) => name === now?.schedule);
  const { min, max } = now?.byHand ? now : (schedule ?? pool);
  const most = pool.slots.length - pool.nginx.backup.length;
  return { min: Math.min(min, most), max: Math.min(max, most) };
}

/** How many instances the controller will want, backups included. */
function wantedOf(pool: Pool, now: PoolStatus | null): number {
  if (now?.state === 'stopped') return 0;
  const { min, max } = rangeOf(pool, now);
  return Math.min(Math.max(now?.target ?? pool.min, min), max) + pool.nginx.backup.length;
}

function countsOf(pool: Pool, isRevised: boolean, now: PoolStatus | null): Counts {
  const running = now?.instances.filter(isMember) ?? [];
  const leaving = isRevised ? running : running.filter(({ slot }) => !pool.slots.includes(slot));
  const wanted = wantedOf(pool, now);
  return {
    replaced: Math.min(leaving.length, wanted),
    started: Math.max(0, wanted - running.length),
    stopped: Math.max(0, running.length - wanted),
  };
}

const removal = (name: string, now: PoolStatus | null): Effect => {
  const stopped = now?.instances.filter(isMember).length ?? 0;
  return { name, pool: null, isNew: false, instances: now && { replaced: 0, started: 0, stopped } };
};

/**
 * What an install does to each pool that it changes. `status`: from before it; null if no controller runs. A new pool needs no status:
 * nothing of it runs yet.
 */
export function effectsOf(
  { given: { before }, pools, changes }: InstallPlan,
  status: Status | null,
): Effect[] {
  const old = new Map(before?.pools.map(({ pool }) => [pool.name, pool]));
  const now = new Map(status?.pools.map(pool => [pool.name, pool]));
  const touched = changedTexts(changes);
  const changed = pools.flatMap((pool): Effect[] => {
    const known = old.get(pool.name);
    const isRevised = isRevisedBy(pool, touched);
    if (known && !isRevised && isDeepStrictEqual(known, pool)) return [];
    const found = now.get(pool.name) ?? null;
    const instances = known && !found ? null : countsOf(pool, isRevised, found);
    return [{ name: pool.name, pool, isNew: !known, instances }];
  });
  const names = new Set(pools.map(({ name }) => name));
  const gone = [...old.keys()].filter(name => !names.has(name));
  return [...changed, ...gone.map(name => removal(name, now.get(name) ?? null))];
}

const instances = (number: number): string => `${number} instance${number === 1 ? '' : 's'}`;

function countsText({ replaced, started, stopped }: Counts): string {
  const each: [string, number][] = [
    ['replace', replaced],
    ['start', started],
    ['stop', stopped],
  ];
  const done = each
    .filter(([, number]) => number > 0)
    .map(([verb, number]) => `${verb} ${instances(number)}`);
  return done.join(', ') || 'no instance to replace, start or stop';
}

/** `search: change: replace 2 instances, start 1 instance` */
export function effectText({ name, pool, isNew, instances: counts }: Effect): string {
  const verb = pool === null ? 'remove' : isNew ? 'add' : 'change';
  return `${name}: ${verb}${counts === null ? '' : `: ${countsText(counts)}`}`;
}
