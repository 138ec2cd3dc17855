import { isAlive, isRunning, type Unit } from '../../model/observed.ts';
import { recordHang } from '../learn/failures.ts';
import type { Drain } from '../state/instance.ts';
import { healthy, members } from '../view/members.ts';
import { amend, note, restart, stop } from '../view/notes.ts';
import type { Replacing, View } from '../view/pass.ts';
import { attainable, mayServe, spareSlots } from '../view/slots.ts';

/** How long a stuck worker waits for nginx to be told before it is stopped all the same, ms. */
const STUCK_TIMEOUT_MS = 5_000;

/** Takes an instance out of service: unpublished first, stopped when nothing is in flight. */
export function drain(
  pass: Replacing,
  slot: number,
  reason: string,
  kind: 'surplus' | 'replace' = 'surplus',
): void {
  const deadline = pass.now + pass.pool.drainTimeout;
  amend(pass, slot, { drain: { since: pass.now, reason, deadline, kind } });
  note(pass, `drain ${slot}: ${reason}`);
}

/** Connections of the slot in this pass's sample; null when it was not sampled. */
const inFlight = (pass: View, slot: number): number | null => pass.samples.get(slot)?.open ?? null;

/** Takes one out that answers nothing: there is nothing to wait for. */
export function drainHung(pass: Replacing, slot: number, reason: string): void {
  amend(pass, slot, { drain: { since: pass.now, reason, deadline: pass.now, kind: 'hung' } });
  note(pass, `replace ${slot}: ${reason}`);
}

/** Takes one out that may only be slow: what it holds gets as long as nginx would wait for it. */
export function drainSlow(pass: Replacing, slot: number, reason: string): void {
  const deadline = pass.now + pass.pool.nginx.readTimeout;
  amend(pass, slot, { drain: { since: pass.now, reason, deadline, kind: 'slow' } });
  note(pass, `replace ${slot}: ${reason}; it may finish what it holds`);
}

const isStuck = ({ kind }: Drain): boolean => kind === 'slow' || kind === 'hung';

/** How many drain because they answer no probe. */
export const stuck = (pass: View): number =>
  Object.values(pass.memory.instances).filter(m => m.drain && isStuck(m.drain)).length;

/** How many are on their way out. */
export const draining = (pass: View): number =>
  Object.values(pass.memory.instances).filter(m => m.drain).length;

/** Some are only waited for: nginx has let go of them, and what they hold may end at any moment. */
export const isEnding = ({ memory, live }: View): boolean =>
  Object.entries(memory.instances).some(([slot, m]) => m.drain && !live.has(Number(slot)));

export const isDraining = (pass: View): boolean => draining(pass) > 0;

/** nginx has let go of it, or it is stuck and nginx cannot be told. */
function isReleased(pass: View, slot: number, drained: Drain): boolean {
  if (!pass.live.has(slot) && !pass.world.publishing) return true;
  return isStuck(drained) && pass.now >= Math.max(drained.deadline, drained.since + STUCK_TIMEOUT_MS);
}

function stopWhenDrained(pass: Replacing, unit: Unit): void {
  const drained = pass.memory.instances[unit.slot]?.drain;
  if (!drained || unit.job || !isAlive(unit) || !isReleased(pass, unit.slot, drained)) return;
  const { reason } = drained;
  if (inFlight(pass, unit.slot) === 0)
    end(pass, unit, { ...drained, reason: `${reason}; nothing is in flight` });
  else if (pass.now >= drained.deadline) endLate(pass, unit, drained);
}

function endLate(pass: Replacing, unit: Unit, drained: Drain): void {
  if (drained.kind === 'slow') recordHang(pass, unit.slot, drained.reason);
  end(pass, unit, drained);
}

/** Its successor takes over the socket that systemd holds: were it closed, another program could have the port for good. */
function end(pass: Replacing, { slot, held }: Unit, { kind, reason }: Drain): void {
  if (kind === 'replace' && held) {
    amend(pass, slot, { drain: null, phase: 'restarting', since: pass.now });
    restart(pass, slot, reason);
  } else stop(pass, slot, reason);
}

const canStay = (pass: View, unit: Unit): boolean =>
  isRunning(unit) && !unit.job && mayServe(pass, unit.slot);

/** Healthy instances on their way out that could stay. */
const leaving = (pass: View, kind: 'surplus' | 'replace'): Unit[] =>
  [...pass.units.values()].filter(unit => {
    const known = pass.memory.instances[unit.slot];
    return known?.drain?.kind === kind && known.phase === 'healthy' && canStay(pass, unit);
  });

/** Takes back instances on their way out when too few are left: sooner than a new one could serve. */
export function cancelDrains(pass: Replacing): void {
  const lacking = attainable(pass) - healthy(members(pass)).length;
  // a swap begins with one too few, for want of a slot
  const given = spareSlots(pass).length === 0 ? 1 : 0;
  const kept = [
    ...leaving(pass, 'replace').slice(0, Math.max(0, lacking - given)),
    ...leaving(pass, 'surplus').slice(0, Math.max(0, lacking)),
  ];
  for (const { slot } of kept) {
    amend(pass, slot, { drain: null });
    note(pass, `keep ${slot}: too few others are healthy`);
  }
}

/** Stops each draining instance that nginx no longer uses and that holds nothing, or whose time is up. */
export function stopDrained(pass: Replacing): void {
  for (const unit of pass.units.values()) stopWhenDrained(pass, unit);
}
