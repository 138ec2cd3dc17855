import { healthy, isHealthy, type Member, members } from '../view/members.ts';
import { note } from '../view/notes.ts';
import type { Replacing, View } from '../view/pass.ts';
import { attainable, mayServe, spareSlots } from '../view/slots.ts';
import { isStale } from '../view/stale.ts';
import { drain, draining, inFlight, isDraining } from './drain.ts';

/** An instance that was not measured may hold any number of requests. */
const held = (pass: View, { slot }: Member): number => inFlight(pass, slot) ?? Number.MAX_SAFE_INTEGER;

/** The order in which instances are stopped: unhealthy, then stale, then the idle ones, then by the highest slot. */
const worstFirst =
  (pass: View) =>
  (a: Member, b: Member): number =>
    Number(isHealthy(a)) - Number(isHealthy(b)) ||
    Number(isStale(pass, b)) - Number(isStale(pass, a)) ||
    held(pass, a) - held(pass, b) ||
    b.slot - a.slot;

/** The state of replacing stale instances. */
interface Rollout {
  list: Member[];
  stale: Member[];
  wanted: number;
  /** Stale instances are being replaced, and no more run than that needs. */
  isRolling: boolean;
}

function rolloutOf(pass: View): Rollout {
  const list = members(pass);
  const wanted = attainable(pass);
  const stale = list.filter(m => isStale(pass, m));
  const isRolling = stale.length > 0 && wanted > 0 && list.length <= wanted + pass.pool.rollout.surge;
  return { list, stale, wanted, isRolling };
}

/** Drains instances on slots that the pool does not have, started by hand for example: nginx never sends to them. */
export function drainForeign(pass: Replacing): void {
  const foreign = members(pass).filter(({ slot }) => !mayServe(pass, slot));
  for (const { slot } of foreign) drain(pass, slot, `${pass.pool.name} has no slot ${slot}`);
}

/** Drains instances above the desired number, but never leaves fewer healthy ones than desired. */
export function shrink(pass: Replacing): void {
  const { list, wanted, isRolling } = rolloutOf(pass);
  if (isRolling) return;
  let spare = healthy(list).length - wanted;
  const surplus = list.sort(worstFirst(pass)).slice(0, Math.max(0, list.length - wanted));
  for (const member of surplus) {
    if (isHealthy(member) && spare-- <= 0) continue;
    drain(pass, member.slot, `${list.length} running, ${wanted} desired`);
  }
}

/** Replaces stale instances: by extra ones, or one by one in place if there is no spare slot. */
export function rollOver(pass: Replacing): void {
  const rollout = rolloutOf(pass);
  if (!rollout.isRolling) return;
  if (rollout.list.length === rollout.wanted && spareSlots(pass).length === 0) replaceInPlace(pass, rollout);
  else drainReplaced(pass, rollout);
}

/** Drains stale instances as their successors become healthy. */
function drainReplaced(pass: Replacing, { list, stale, wanted }: Rollout): void {
  const room = pass.pool.rollout.batch - draining(pass);
  let spare = healthy(list).length - wanted;
  const victims = stale.sort(worstFirst(pass)).slice(0, Math.max(0, Math.min(room, list.length - wanted)));
  for (const victim of victims)
    if (!isHealthy(victim) || spare-- > 0) drain(pass, victim.slot, 'a newer instance serves in its place');
}

/** Without a spare slot a stale instance stops before its successor starts, one at a time. */
function replaceInPlace(pass: Replacing, { list, stale }: Rollout): void {
  const [victim] = stale.sort(worstFirst(pass));
  if (!victim || isDraining(pass) || !list.every(isHealthy)) return;
  note(pass, 'no spare slot for the rollout: each instance stops before its successor starts');
  drain(pass, victim.slot, 'its successor needs its slot', 'replace');
}
