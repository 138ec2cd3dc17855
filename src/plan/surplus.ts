import { drain, draining, isDraining } from './drain.ts';
import { healthy, type Look, type Member, members, note } from './look.ts';
import { attainable, mayServe, spareSlots } from './slots.ts';
import { isStale } from './stale.ts';

const isHealthy = (m: Member): boolean => m.memory.phase === 'healthy';

/** Who goes first: the unhealthy, then the old text, then the highest slot. */
const worstFirst =
  (look: Look) =>
  (a: Member, b: Member): number =>
    Number(isHealthy(a)) - Number(isHealthy(b)) ||
    Number(isStale(look, b)) - Number(isStale(look, a)) ||
    b.slot - a.slot;

/** Drains what is over the desired number, and never a healthy one of which fewer than desired would stay. */
function shrink(look: Look, list: Member[], wanted: number): void {
  let spare = healthy(list).length - wanted;
  const surplus = list.sort(worstFirst(look)).slice(0, Math.max(0, list.length - wanted));
  for (const member of surplus) {
    if (isHealthy(member) && spare-- <= 0) continue;
    drain(look, member.slot, `${list.length} are more than the ${wanted} desired`);
  }
}

/** Drains old instances once new ones serve beside the desired number. */
function rollOver(look: Look, list: Member[], stale: Member[], wanted: number): void {
  const room = look.pool.rollout.batch - draining(look);
  let spare = healthy(list).length - wanted;
  const victims = stale.sort(worstFirst(look)).slice(0, Math.max(0, Math.min(room, list.length - wanted)));
  for (const victim of victims)
    if (!isHealthy(victim) || spare-- > 0) drain(look, victim.slot, 'a newer one serves in its place');
}

/** Without a spare slot an old instance goes before its successor comes, one at a time. */
function swap(look: Look, list: Member[], stale: Member[]): void {
  const [victim] = stale.sort(worstFirst(look));
  if (!victim || isDraining(look) || !list.every(isHealthy)) return;
  note(look, 'rolling over without a spare slot: one instance stops before its successor starts');
  drain(look, victim.slot, 'no slot is free for its successor', 'swap');
}

/** As after a change of Ports=, or one started by hand: nginx is not told of slots that the pool does not have. */
function drainForeign(look: Look): void {
  const foreign = members(look).filter(({ slot }) => !mayServe(look, slot));
  for (const { slot } of foreign) drain(look, slot, `${look.pool.name} has no slot ${slot}`);
}

/** Takes out what has no place, is too much, or too old. */
export function drainSurplus(look: Look): void {
  drainForeign(look);
  const list = members(look);
  const wanted = attainable(look);
  const stale = list.filter(m => isStale(look, m));
  const isRolling = stale.length > 0 && wanted > 0 && list.length <= wanted + look.pool.rollout.surge;
  if (!isRolling) shrink(look, list, wanted);
  else if (list.length === wanted && spareSlots(look).length === 0) swap(look, list, stale);
  else rollOver(look, list, stale, wanted);
}
