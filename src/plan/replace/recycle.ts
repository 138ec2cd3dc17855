import { failedAgain, spread } from '../learn/backoff.ts';
import { isComing } from '../state/instance.ts';
import { noFailures } from '../state/memory.ts';
import { type Member, members } from '../view/members.ts';
import { amend, note } from '../view/notes.ts';
import type { Replacing, View } from '../view/pass.ts';
import { isStale } from '../view/stale.ts';
import { isDraining } from './drain.ts';

/** Plus or minus a tenth: instances that started together are not replaced together. */
const JITTER = 0.1;

const jittered = (limit: number, seed: string): number => limit * (1 - JITTER + 2 * JITTER * spread(seed));

const minutes = (ms: number): string => `${Math.round(ms / 60_000)} min`;
const megabytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MB`;

type RecycleLimit = (pass: View, member: Member) => string | null;

const byAge: RecycleLimit = ({ now, pool }, { unit }) => {
  const { maxAge } = pool.recycling;
  if (maxAge === null || unit.startedAt === 0) return null;
  const age = now - unit.startedAt;
  return age > jittered(maxAge, unit.invocation) ? `it has run for ${minutes(age)} (MaxAge=)` : null;
};

const byMemory: RecycleLimit = ({ samples, pool }, { slot }) => {
  const { maxMemory } = pool.recycling;
  const used = samples.get(slot)?.memory ?? 0;
  return maxMemory !== null && used > maxMemory ? `it uses ${megabytes(used)} (MaxMemory=)` : null;
};

const byRequests: RecycleLimit = ({ pool }, { memory }) => {
  const { maxRequests } = pool.recycling;
  return maxRequests !== null && memory.requests > jittered(maxRequests, memory.invocation)
    ? `it has served ${memory.requests} requests (MaxRequests=)`
    : null;
};

/** The limit that an instance has reached, or null. */
const reasonFor: RecycleLimit = (pass, member) =>
  byAge(pass, member) ?? byMemory(pass, member) ?? byRequests(pass, member);

/** One that reaches a limit so soon after it was healthy, ms, will hardly have a better successor. */
const SOON_MS = 10_000;

/** Notes since when instances are at a limit: until one is replaced it may have to wait. */
function noteLimits(pass: Replacing, list: readonly Member[]): void {
  for (const { slot, memory, unit } of list) {
    const limitSince = reasonFor(pass, { slot, memory, unit }) === null ? 0 : memory.limitSince || pass.now;
    if (limitSince !== memory.limitSince) amend(pass, slot, { limitSince });
  }
}

/** The next recycling waits, as after a crash, if this one reached its limit soon after it was healthy. */
function countRecycling(pass: Replacing, { slot, memory }: Member, reason: string): void {
  const { now, pool } = pass;
  pass.memory.recycled =
    memory.limitSince - memory.since < SOON_MS
      ? failedAgain(pass.memory.recycled, now, `${pool.name} recycle`, `slot ${slot}: ${reason}`)
      : noFailures();
}

/** Marks one instance that reached a limit for replacement; never a second one before the first is gone. */
export function recycle(pass: Replacing): void {
  noteLimits(pass, members(pass));
  const list = members(pass);
  if (pass.memory.recycled.until > pass.now) return;
  if (isDraining(pass) || list.some(m => isStale(pass, m) || isComing(m.memory))) return;
  for (const member of list) {
    const recycleReason = reasonFor(pass, member);
    if (recycleReason === null) continue;
    countRecycling(pass, member, recycleReason);
    amend(pass, member.slot, { recycleReason });
    note(pass, `recycle ${member.slot}: ${recycleReason}`);
    return;
  }
}
