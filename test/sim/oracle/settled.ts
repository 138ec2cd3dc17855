import type { InstalledPool } from '../../../src/model/installed.ts';
import { WAKE_SLOT } from '../../../src/model/names.ts';
import { isRouted, maySleep } from '../../../src/model/traits.ts';
import type { Worker } from '../../plan/fake-worker.ts';
import { calledFor } from './demand.ts';
import type { Knowledge, SlotGroup } from './knowledge.ts';
import type { Range } from './orders.ts';

/** What is not as administrators and load call for; null: all is. */
export function amissIn(known: Knowledge, installed: readonly InstalledPool[]): string | null {
  const orphan = orphanOf(known, installed);
  if (orphan !== null) return orphan;
  const found = installed.map(one => amissInPool(known, one));
  return found.find(problem => problem !== null) ?? null;
}

/** What is left of pools that are gone. */
function orphanOf({ truth: { fake } }: Knowledge, installed: readonly InstalledPool[]): string | null {
  const names = new Set(installed.map(({ pool }) => pool.name));
  const workers = [...fake.workers.values()].map(({ unit }) => unit.pool);
  const live = Object.entries(fake.published?.live ?? {}).flatMap(([pool, slots]) => slots.map(() => pool));
  const gone = [...workers, ...live, ...fake.wakeSockets.keys()].find(pool => !names.has(pool));
  return gone === undefined ? null : `${gone} is gone, and something of it is left`;
}

function amissInPool(known: Knowledge, installed: InstalledPool): string | null {
  const groups = known.groups(installed).map(group => amissInGroup(known, group));
  return (
    groups.find(problem => problem !== null) ?? wakeAmiss(known, installed) ?? weightsAmiss(known, installed)
  );
}

const workersOf = ({ truth: { fake } }: Knowledge, { installed, slots }: SlotGroup): Worker[] =>
  [...fake.workers.values()].filter(
    ({ unit }) => unit.pool === installed.pool.name && slots.includes(unit.slot),
  );

const clamp = (count: number, { min, max }: Range): number => Math.min(Math.max(count, min), max);

/** How many the pool is to have. */
export function expectedOf(known: Knowledge, group: SlotGroup): Range {
  const { pool } = group.installed;
  const range = known.range(group);
  const called = calledFor(pool, known.truth.load.amount(pool.name));
  return { min: clamp(called.min, range), max: clamp(called.max, range) };
}

const inOrder = (slots: readonly number[]): string => [...slots].sort((a, b) => a - b).join(' ');

/** Whether it is not of the newest revision, and not sick. */
const isBad = (known: Knowledge, { installed }: SlotGroup, worker: Worker): boolean =>
  worker.unit.startedAt < known.orders.renewedAt(installed) || !worker.answers(known.now);

function amissInGroup(known: Knowledge, group: SlotGroup): string | null {
  const { pool } = group.installed;
  const workers = workersOf(known, group);
  const running = inOrder(workers.map(({ unit }) => unit.slot));
  const all = known.truth.fake.published?.live[pool.name] ?? [];
  const live = inOrder(all.filter(slot => group.slots.includes(slot)));
  const { min, max } = expectedOf(known, group);
  const bad = workers.filter(worker => isBad(known, group, worker)).length;
  const isCounted = workers.length >= min && workers.length <= max;
  const isLive = live === (isRouted(pool) ? running : '');
  return isCounted && isLive && bad === 0
    ? null
    : `${pool.name}: ${min} to ${max} are called for, ${running || 'none'} run (${bad} old or sick), ${live || 'none'} are published`;
}

/** Requests to a pool that sleeps wait at its wake socket, and only there. */
function wakeAmiss({ truth: { fake }, orders }: Knowledge, { pool }: InstalledPool): string | null {
  const isOpen = fake.wakeSockets.has(pool.name);
  const live = fake.published?.live[pool.name] ?? [];
  const isEmpty = ![...fake.workers.values()].some(({ unit }) => unit.pool === pool.name);
  const waits = maySleep(pool) && isEmpty && !orders.isStopped(pool.name);
  return isOpen === maySleep(pool) && live.includes(WAKE_SLOT) === waits
    ? null
    : `${pool.name}: its wake socket is ${isOpen ? 'open' : 'closed'}, and ${live} are published`;
}

/** With Weight=auto whoever has more CPU time left does not get fewer requests. */
function weightsAmiss({ truth: { fake, load } }: Knowledge, { pool }: InstalledPool): string | null {
  const amount = load.amount(pool.name);
  const weights = fake.published?.weights[pool.name] ?? {};
  const of = (slot: number): number => weights[slot] ?? 10;
  const [first, ...others] = fake.published?.live[pool.name] ?? [];
  if (pool.nginx.weight !== 'auto' || first === undefined || others.length === 0) return null;
  const isHeavy = amount > 0.5;
  return others.every(slot => of(slot) >= 9) && isHeavy === of(first) < 9
    ? null
    : `${pool.name}: the weights are ${JSON.stringify(weights)} at a load of ${amount}`;
}
