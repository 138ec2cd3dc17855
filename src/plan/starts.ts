import { desired } from './desired.ts';
import { draining } from './drain.ts';
import { act, type Look, type Member, members } from './look.ts';
import { isComing, newInstance } from './memory.ts';
import { freeSlots } from './slots.ts';
import { isStale } from './stale.ts';

/** Beyond the first failure, one instance at a time has to prove that the pool can live. */
const isOnTrial = (look: Look): boolean => look.memory.failures.count > 1;

const isStarting = (member: Member): boolean => isComing(member.memory);

/** How many may start in this look: all that lack, or one at a time while on trial. */
function allowance(look: Look, list: readonly Member[], lacking: number): number {
  if (look.memory.failures.until > look.now) return 0;
  if (!isOnTrial(look)) return lacking;
  return list.some(isStarting) ? 0 : Math.min(1, lacking);
}

function startReason(look: Look, count: number, wanted: number): string {
  if (count >= wanted) return 'a new one before an old one goes (rolling over)';
  const retry = look.memory.failures.count > 0 ? `, try ${look.memory.failures.count + 1}` : '';
  return `${count} of ${wanted} are there${retry}`;
}

/** How many beyond the desired may run: successors of old ones, a batch at a time. */
function surge(look: Look, list: readonly Member[], wanted: number): number {
  const { rollout } = look.pool;
  const stale = list.filter(m => isStale(look, m)).length;
  const room = rollout.batch - draining(look);
  return wanted > 0 ? Math.max(0, Math.min(rollout.surge, stale, room)) : 0;
}

/** Remembers it before it lives: a life too short to be seen is a failure all the same. */
function start(look: Look, slot: number, reason: string): void {
  look.memory.instances[slot] = newInstance('', 0, look.now);
  act(look, 'start', slot, reason);
}

/** Starts what is missing, and successors while old instances are to be replaced. */
export function startMissing(look: Look): void {
  const list = members(look);
  const wanted = desired(look);
  const lacking = wanted + surge(look, list, wanted) - list.length;
  const slots = lacking > 0 ? freeSlots(look).slice(0, allowance(look, list, lacking)) : [];
  for (const [i, slot] of slots.entries()) start(look, slot, startReason(look, list.length + i, wanted));
}
