import { desired } from './desired.ts';
import { isDraining } from './drain.ts';
import { act, type Look, type Member, members } from './look.ts';
import { newInstance } from './memory.ts';
import { freeSlots } from './slots.ts';
import { isStale } from './stale.ts';

/** Beyond the first failure, one instance at a time has to prove that the pool can live. */
const isOnTrial = (look: Look): boolean => look.memory.failures.count > 1;

const isStarting = (member: Member): boolean => member.memory.phase === 'starting';

/** How many may start in this look: all that lack, or one at a time while on trial or rolling over. */
function allowance(look: Look, list: readonly Member[], lacking: number, rolling: boolean): number {
  if (look.memory.failures.until > look.now) return 0;
  if (!isOnTrial(look) && !rolling) return lacking;
  return list.some(isStarting) ? 0 : Math.min(1, lacking);
}

function startReason(look: Look, count: number, wanted: number, rolling: boolean): string {
  if (rolling) return 'a new one before an old one goes (rolling over)';
  const retry = look.memory.failures.count > 0 ? `, try ${look.memory.failures.count + 1}` : '';
  return `${count} of ${wanted} are there${retry}`;
}

/** Old instances wait for successors, one at a time: the last one replaced has gone. */
const isRolling = (look: Look, list: readonly Member[], wanted: number): boolean =>
  wanted > 0 && !isDraining(look) && list.some(m => isStale(look, m));

/** Remembers it before it lives: a life too short to be seen is a failure all the same. */
function start(look: Look, slot: number, reason: string): void {
  look.memory.instances[slot] = newInstance('', 0, look.now);
  act(look, 'start', slot, reason);
}

/** Starts what is missing, and one more while old instances are to be replaced. */
export function startMissing(look: Look): void {
  const list = members(look);
  const wanted = desired(look);
  const rolling = list.length >= wanted && isRolling(look, list, wanted);
  const lacking = wanted + (rolling ? 1 : 0) - list.length;
  const slots = lacking > 0 ? freeSlots(look).slice(0, allowance(look, list, lacking, rolling)) : [];
  for (const slot of slots) start(look, slot, startReason(look, list.length, wanted, rolling));
}
