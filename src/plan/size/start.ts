import { draining } from '../replace/drain.ts';
import { isComing } from '../state/instance.ts';
import { newInstance } from '../state/memory.ts';
import { desired } from '../view/desired.ts';
import { type Member, members } from '../view/members.ts';
import { awaitedNeeds } from '../view/needs.ts';
import { start } from '../view/notes.ts';
import type { Filling, View } from '../view/pass.ts';
import { freeSlots } from '../view/slots.ts';
import { isStale } from '../view/stale.ts';

/** After a second failure, instances start one at a time until one is healthy. */
const isOnTrial = (pass: View): boolean => pass.memory.failures.count > 1;

const isStarting = (member: Member): boolean => isComing(member.memory);

/** How many may start in this pass: all that are missing, or one at a time while on trial. */
function allowance(pass: View, list: readonly Member[], lacking: number): number {
  if (pass.memory.failures.until > pass.now || awaitedNeeds(pass).length > 0) return 0;
  if (!isOnTrial(pass)) return lacking;
  return list.some(isStarting) ? 0 : Math.min(1, lacking);
}

function startReason(pass: Filling, count: number, wanted: number): string {
  if (count >= wanted) return 'successor of an old instance (rollout)';
  const retry = pass.memory.failures.count > 0 ? `, attempt ${pass.memory.failures.count + 1}` : '';
  return `${count} of ${wanted} running${retry}`;
}

/** How many may run above the desired number: successors of stale instances, a batch at a time. */
function surge(pass: View, list: readonly Member[], wanted: number): number {
  const { rollout } = pass.pool;
  const stale = list.filter(m => isStale(pass, m)).length;
  const room = rollout.batch - draining(pass);
  return wanted > 0 ? Math.max(0, Math.min(rollout.surge, stale, room)) : 0;
}

/** Records the instance before it runs, so that a life too short to be observed counts as a failure. */
function startOn(pass: Filling, slot: number, reason: string): void {
  pass.memory.instances[slot] = newInstance('', 0, pass.now);
  start(pass, slot, reason);
}

/** How many instances are missing, and successors of stale ones, that could start now. */
export function missing(pass: View): number {
  const list = members(pass);
  const wanted = desired(pass);
  const lacking = wanted + surge(pass, list, wanted) - list.length;
  return lacking > 0 ? Math.min(freeSlots(pass).length, allowance(pass, list, lacking)) : 0;
}

/** Starts what is missing, as many as there are `places` for. */
export function startMissing(pass: Filling, places: number): void {
  const [running, wanted] = [members(pass).length, desired(pass)];
  const slots = freeSlots(pass).slice(0, Math.min(places, missing(pass)));
  for (const [i, slot] of slots.entries()) startOn(pass, slot, startReason(pass, running + i, wanted));
}
