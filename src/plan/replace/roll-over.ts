import { healthy, type Member, members, note, type Pass } from '../view/pass.ts';
import { attainable, mayServe, spareSlots } from '../view/slots.ts';
import { isStale } from '../view/stale.ts';
import { drain, draining, isDraining } from './drain.ts';

const isHealthy = (m: Member): boolean => m.memory.phase === 'healthy';

/** Who goes first: the unhealthy, then the old text, then the highest slot. */
const worstFirst =
  (pass: Pass) =>
  (a: Member, b: Member): number =>
    Number(isHealthy(a)) - Number(isHealthy(b)) ||
    Number(isStale(pass, b)) - Number(isStale(pass, a)) ||
    b.slot - a.slot;

/** Drains what is over the desired number, and never a healthy one of which fewer than desired would stay. */
function shrink(pass: Pass, list: Member[], wanted: number): void {
  let spare = healthy(list).length - wanted;
  const surplus = list.sort(worstFirst(pass)).slice(0, Math.max(0, list.length - wanted));
  for (const member of surplus) {
    if (isHealthy(member) && spare-- <= 0) continue;
    drain(pass, member.slot, `${list.length} are more than the ${wanted} desired`);
  }
}

/** Drains old instances once new ones serve beside the desired number. */
function rollOver(pass: Pass, list: Member[], stale: Member[], wanted: number): void {
  const room = pass.pool.rollout.batch - draining(pass);
  let spare = healthy(list).length - wanted;
  const victims = stale.sort(worstFirst(pass)).slice(0, Math.max(0, Math.min(room, list.length - wanted)));
  for (const victim of victims)
    if (!isHealthy(victim) || spare-- > 0) drain(pass, victim.slot, 'a newer one serves in its place');
}

/** Without a spare slot an old instance goes before its successor comes, one at a time. */
function swap(pass: Pass, list: Member[], stale: Member[]): void {
  const [victim] = stale.sort(worstFirst(pass));
  if (!victim || isDraining(pass) || !list.every(isHealthy)) return;
  note(pass, 'rolling over without a spare slot: one instance stops before its successor starts');
  drain(pass, victim.slot, 'no slot is free for its successor', 'replace');
}

/** As after a change of Ports=, or one started by hand: nginx is not told of slots that the pool does not have. */
function drainForeign(pass: Pass): void {
  const foreign = members(pass).filter(({ slot }) => !mayServe(pass, slot));
  for (const { slot } of foreign) drain(pass, slot, `${pass.pool.name} has no slot ${slot}`);
}

/** Takes out what has no place, is too much, or too old. */
export function drainSurplus(pass: Pass): void {
  drainForeign(pass);
  const list = members(pass);
  const wanted = attainable(pass);
  const stale = list.filter(m => isStale(pass, m));
  const isRolling = stale.length > 0 && wanted > 0 && list.length <= wanted + pass.pool.rollout.surge;
  if (!isRolling) shrink(pass, list, wanted);
  else if (list.length === wanted && spareSlots(pass).length === 0) swap(pass, list, stale);
  else rollOver(pass, list, stale, wanted);
}
