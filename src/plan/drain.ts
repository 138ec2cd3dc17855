import { recordHang } from './failures.ts';
import { act, amend, healthy, type Look, members, note } from './look.ts';
import type { Drain } from './memory.ts';
import { attainable, mayServe, spareSlots } from './slots.ts';
import { isAlive, isRunning, type Unit } from './world.ts';

/** How long a stuck worker waits for nginx to be told before it is stopped all the same, ms. */
const STUCK_PATIENCE = 5_000;

/** Takes an instance out of service: unpublished first, stopped when nothing is in flight. */
export function drain(look: Look, slot: number, reason: string, kind: 'spare' | 'swap' = 'spare'): void {
  const deadline = look.now + look.pool.drainTimeout;
  amend(look, slot, { drain: { since: look.now, reason, deadline, kind } });
  note(look, `drain ${slot}: ${reason}`);
}

/** Connections of the slot in this look's sample; null when it was not sampled. */
const inFlight = (look: Look, slot: number): number | null => look.samples.get(slot)?.connections ?? null;

/** Takes one out that answers nothing: there is nothing to wait for. */
export function drainHung(look: Look, slot: number, reason: string): void {
  amend(look, slot, { drain: { since: look.now, reason, deadline: look.now, kind: 'hung' } });
  note(look, `replace ${slot}: ${reason}`);
}

/** Takes one out that may only be slow: what it holds gets as long as nginx would wait for it. */
export function drainSlow(look: Look, slot: number, reason: string): void {
  const deadline = look.now + look.pool.nginx.readTimeout;
  amend(look, slot, { drain: { since: look.now, reason, deadline, kind: 'slow' } });
  note(look, `replace ${slot}: ${reason}; it may finish what it holds`);
}

const isStuck = ({ kind }: Drain): boolean => kind === 'slow' || kind === 'hung';

/** How many drain because they answer no probe. */
export const stuck = (look: Look): number =>
  Object.values(look.memory.instances).filter(m => m.drain && isStuck(m.drain)).length;

/** How many are on their way out. */
export const draining = (look: Look): number =>
  Object.values(look.memory.instances).filter(m => m.drain).length;

/** Some are only waited for: nginx has let go of them, and what they hold may end at any moment. */
export const isEnding = ({ memory, live }: Look): boolean =>
  Object.entries(memory.instances).some(([slot, m]) => m.drain && !live.has(Number(slot)));

export const isDraining = (look: Look): boolean => draining(look) > 0;

/** nginx has let go of it, or it is stuck and nginx cannot be told. */
function isReleased(look: Look, slot: number, drained: Drain): boolean {
  if (!look.live.has(slot) && !look.world.publishing) return true;
  return isStuck(drained) && look.now >= Math.max(drained.deadline, drained.since + STUCK_PATIENCE);
}

function stopWhenDrained(look: Look, unit: Unit): void {
  const drained = look.memory.instances[unit.slot]?.drain;
  if (!drained || unit.job || !isAlive(unit) || !isReleased(look, unit.slot, drained)) return;
  if (inFlight(look, unit.slot) === 0)
    act(look, 'stop', unit.slot, `${drained.reason}; nothing is in flight`);
  else if (look.now >= drained.deadline) stopLate(look, unit.slot, drained);
}

function stopLate(look: Look, slot: number, { kind, reason }: Drain): void {
  if (kind === 'slow') recordHang(look, slot, reason);
  act(look, 'stop', slot, reason);
}

const canStay = (look: Look, unit: Unit): boolean =>
  isRunning(unit) && !unit.job && mayServe(look, unit.slot);

/** Healthy instances on their way out that could stay. */
const leaving = (look: Look, kind: 'spare' | 'swap'): Unit[] =>
  [...look.units.values()].filter(unit => {
    const known = look.memory.instances[unit.slot];
    return known?.drain?.kind === kind && known.phase === 'healthy' && canStay(look, unit);
  });

/** Takes back instances on their way out when too few are left: sooner than a new one could serve. */
export function takeBack(look: Look): void {
  const lacking = attainable(look) - healthy(members(look)).length;
  // a swap begins with one too few, for want of a slot
  const given = spareSlots(look).length === 0 ? 1 : 0;
  const kept = [
    ...leaving(look, 'swap').slice(0, Math.max(0, lacking - given)),
    ...leaving(look, 'spare').slice(0, Math.max(0, lacking)),
  ];
  for (const { slot } of kept) {
    amend(look, slot, { drain: null });
    note(look, `keep ${slot}: too few others are healthy`);
  }
}

/** Stops each draining instance that nginx no longer uses and that holds nothing, or whose time is up. */
export function stopDrained(look: Look): void {
  for (const unit of look.units.values()) stopWhenDrained(look, unit);
}
