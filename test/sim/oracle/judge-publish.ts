import { WAKE_SLOT } from '../../../src/model/names.ts';
import { isRouted, maySleep } from '../../../src/model/traits.ts';
import type { Action } from '../../../src/plan/action.ts';
import type { Knowledge, SlotGroup } from './knowledge.ts';
import type { Life } from './life.ts';

/** How long an instance that has just died may stay published, ms. */
const GRACE_MS = 1_000;

type Publish = Extract<Action, { kind: 'publish' }>;

/** Nothing is published that was not seen healthy, and no healthy ones are taken that are needed. */
export function judgePublish(known: Knowledge, action: Publish): void {
  const { fake } = known.truth;
  known.publishes.count(action, fake.nginx.isPublishing, known.now);
  for (const [name, slots] of Object.entries(action.live)) judgePool(known, name, slots);
  judgeWeights(action);
}

function judgePool(known: Knowledge, name: string, slots: readonly number[]): void {
  const installed = known.pool(name);
  if (slots.length > 0) judgeServed(known, name, slots);
  for (const group of installed ? known.groups(installed) : []) judgeTaken(known, group, slots);
}

function judgeServed(known: Knowledge, name: string, slots: readonly number[]): void {
  const installed = known.pool(name);
  if (!installed || !isRouted(installed.pool) || known.orders.isStopped(name))
    throw new Error(`publishes ${slots} of ${name}, which is not to be served`);
  if (new Set(slots).size < slots.length) throw new Error(`publishes ${slots} of ${name}`);
  for (const slot of slots)
    if (slot === WAKE_SLOT) judgeWake(known, name, slots);
    else judgeSlot(known, known.groupOf(installed, slot), slot, slots);
}

function judgeWake(known: Knowledge, name: string, slots: readonly number[]): void {
  const pool = known.pool(name)?.pool;
  if (!pool || !maySleep(pool) || !known.truth.fake.wakeSockets.has(name))
    throw new Error(`publishes the wake socket of ${name}, which is not open`);
  if (slots.length > 1) throw new Error(`publishes the wake socket of ${name} beside ${slots}`);
}

function judgeSlot(known: Knowledge, group: SlotGroup, slot: number, slots: readonly number[]): void {
  const { name } = group.installed.pool;
  const life = known.lives.at(name, slot);
  if (life && (life.isHealthy || isKept(known, group, life, slots) || mayReturn(known, group, life, slots)))
    return;
  throw new Error(`publishes ${name}@${slot}, which was not seen healthy`);
}

/** Most fail together: the cause is elsewhere, and all keep their traffic, but where backups are well. */
function isKept(known: Knowledge, group: SlotGroup, life: Life, slots: readonly number[]): boolean {
  const sick = known.livesOf(group).filter(one => one.isRunning && one.sickSince !== null).length;
  const asked = slots.map(slot => known.lives.at(life.unit.pool, slot)).filter(one => one?.isHealthy);
  const isBackup = (one: Life | undefined): boolean =>
    known.lives.of(group.installed.pool, true).some(b => b === one);
  const well = asked.filter(one => isBackup(one) === group.isBackup).length;
  return (
    life.isRunning && life.wasProven && sick > 1 && sick > well && (group.isBackup || !asked.some(isBackup))
  );
}

/** One that has just died may stay for a moment where half are left, or fewer. */
function mayReturn(known: Knowledge, group: SlotGroup, life: Life, slots: readonly number[]): boolean {
  const { pool, slot } = life.unit;
  const well = slots.filter(one => known.lives.at(pool, one)?.isHealthy && group.slots.includes(one)).length;
  const isAsked = known.actions.some(a => a.kind === 'restart' && a.pool === pool && a.slot === slot);
  const isRecent = isAsked || known.now - life.upSince < GRACE_MS;
  const was = known.world?.published?.live[pool]?.includes(slot) === true;
  return was && isRecent && 2 * well <= known.range(group).max;
}

function judgeTaken(known: Knowledge, group: SlotGroup, slots: readonly number[]): void {
  const { name } = group.installed.pool;
  const isWell = (slot: number): boolean => {
    const life = known.lives.at(name, slot);
    return life?.isWell === true && !life.wasSick && group.slots.includes(slot);
  };
  const before = known.world?.published?.live[name] ?? [];
  const taken = before.filter(slot => isWell(slot) && !slots.includes(slot));
  const stay = slots.filter(
    slot => known.lives.at(name, slot)?.isHealthy && group.slots.includes(slot),
  ).length;
  if (taken.length > 0 && stay < known.least(group))
    throw new Error(`takes healthy ${taken} from ${name}: ${stay} of ${known.least(group)} stay`);
}

function judgeWeights({ weights }: Publish): void {
  for (const [name, bySlot] of Object.entries(weights))
    for (const [slot, weight] of Object.entries(bySlot))
      if (!Number.isInteger(weight) || weight < 1 || weight > 10)
        throw new Error(`publishes ${name}@${slot} with the weight ${weight}`);
}
