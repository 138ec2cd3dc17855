import { healthy, isHealthy, type Member, members } from '../view/members.ts';
import { note } from '../view/notes.ts';
import type { Replacing, View } from '../view/pass.ts';
import { attainable, mayServe, spareSlots } from '../view/slots.ts';
import { isStale } from '../view/stale.ts';
import { drain, draining, isDraining } from './drain.ts';

/** Who goes first: the unhealthy, then the old text, then the highest slot. */
const worstFirst =
  (pass: View) =>
  (a: Member, b: Member): number =>
    Number(isHealthy(a)) - Number(isHealthy(b)) ||
    Number(isStale(pass, b)) - Number(isStale(pass, a)) ||
    b.slot - a.slot;

/** What replacing old instances goes by. */
interface Rollout {
  list: Member[];
  stale: Member[];
  wanted: number;
  /** Old ones are being replaced, and no more run than that needs. */
  isRolling: boolean;
}

function rolloutOf(pass: View): Rollout {
  const list = members(pass);
  const wanted = attainable(pass);
  const stale = list.filter(m => isStale(pass, m));
  const isRolling = stale.length > 0 && wanted > 0 && list.length <= wanted + pass.pool.rollout.surge;
  return { list, stale, wanted, isRolling };
}

/** As after a change of Ports=, or one started by hand: nginx is not told of slots that the pool does not have. */
export function drainForeign(pass: Replacing): void {
  const foreign = members(pass).filter(({ slot }) => !mayServe(pass, slot));
  for (const { slot } of foreign) drain(pass, slot, `${pass.pool.name} has no slot ${slot}`);
}

/** Drains what is over the desired number, and never a healthy one of which fewer than desired would stay. */
export function shrink(pass: Replacing): void {
  const { list, wanted, isRolling } = rolloutOf(pass);
  if (isRolling) return;
  let spare = healthy(list).length - wanted;
  const surplus = list.sort(worstFirst(pass)).slice(0, Math.max(0, list.length - wanted));
  for (const member of surplus) {
    if (isHealthy(member) && spare-- <= 0) continue;
    drain(pass, member.slot, `${list.length} are more than the ${wanted} desired`);
  }
}

/** Replaces old instances: beside the desired number, or without a spare slot one by one in their places. */
export function rollOver(pass: Replacing): void {
  const rollout = rolloutOf(pass);
  if (!rollout.isRolling) return;
  if (rollout.list.length === rollout.wanted && spareSlots(pass).length === 0) replaceInPlace(pass, rollout);
  else drainReplaced(pass, rollout);
}

/** Drains old instances once new ones serve beside the desired number. */
function drainReplaced(pass: Replacing, { list, stale, wanted }: Rollout): void {
  const room = pass.pool.rollout.batch - draining(pass);
  let spare = healthy(list).length - wanted;
  const victims = stale.sort(worstFirst(pass)).slice(0, Math.max(0, Math.min(room, list.length - wanted)));
  for (const victim of victims)
    if (!isHealthy(victim) || spare-- > 0) drain(pass, victim.slot, 'a newer one serves in its place');
}

/** Without a spare slot an old instance goes before its successor comes, one at a time. */
function replaceInPlace(pass: Replacing, { list, stale }: Rollout): void {
  const [victim] = stale.sort(worstFirst(pass));
  if (!victim || isDraining(pass) || !list.every(isHealthy)) return;
  note(pass, 'rolling over without a spare slot: one instance stops before its successor starts');
  drain(pass, victim.slot, 'no slot is free for its successor', 'replace');
}
