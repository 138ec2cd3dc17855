import { isVacant } from '../../../src/model/observed.ts';
import type { Action } from '../../../src/plan/action.ts';
import type { Knowledge, SlotGroup } from './knowledge.ts';
import type { Life } from './life.ts';

/** systemd's start limit, and that of lives that end before they are well. */
const MAX_LIVES = 5;

/** Starts keep within the pool's slots, its range and a bounded rate. */
export function judgeStart(known: Knowledge, { pool: name, slot }: Extract<Action, { kind: 'start' }>): void {
  const installed = known.pool(name);
  if (!installed) throw new Error(`starts ${name}@${slot} of a pool that is not installed`);
  const group = known.groupOf(installed, slot);
  if (!group.slots.includes(slot)) throw new Error(`starts ${name}@${slot}, which the pool does not have`);
  if (known.orders.isStopped(name)) throw new Error(`starts ${name}@${slot} of a pool that is stopped`);
  if (!isVacant(known.unitAt(name, slot))) throw new Error(`starts ${name}@${slot}, which runs`);
  if (known.isTaken(installed, slot)) throw new Error(`starts ${name}@${slot} on a port that is taken`);
  judgeNeeds(known, group);
  judgeCount(known, group);
  if (!known.truth.surroundings.isDenied) known.starts.count(name, group.slots.length, known.now);
}

/** A start would start again what somebody stopped. */
function judgeNeeds(known: Knowledge, { installed }: SlotGroup): void {
  for (const { value } of installed.pool.unit)
    if (known.world?.needs.get(value) === 'down' && known.wereUp.has(value))
      throw new Error(`starts ${installed.pool.name}, which would start ${value}`);
}

function judgeCount(known: Knowledge, group: SlotGroup): void {
  const { pool } = group.installed;
  const lives = known.livesOf(group).filter(life => stays(known, life));
  const starting = known.actions.filter(
    a => a.kind === 'start' && a.pool === pool.name && group.slots.includes(a.slot),
  ).length;
  const surge =
    known.recycled.has(pool.name) || lives.some(life => known.isOld(life)) ? pool.rollout.surge : 0;
  const most = known.range(group).max + surge;
  if (lives.length + starting > most)
    throw new Error(`${lives.length + starting} instances of ${pool.name}, at most ${most}`);
}

/** It runs or is about to, and nothing says that it is to go. */
function stays(known: Knowledge, life: Life): boolean {
  const { unit, wasSick, wasProven, seenAt } = life;
  const settings = known.pool(unit.pool)?.pool;
  if (isVacant(unit) || unit.active === 'deactivating' || wasSick || unit.restarts >= MAX_LIVES) return false;
  const isLate = !wasProven && known.now - seenAt >= (settings?.health.startTimeout ?? 0);
  const isLeaving = wasProven && known.publishes.leftAt(unit.pool, unit.slot) !== null;
  const isStopped = known.actions.some(
    a => a.kind === 'stop' && a.pool === unit.pool && a.slot === unit.slot,
  );
  return !isLate && !isLeaving && !isStopped;
}
