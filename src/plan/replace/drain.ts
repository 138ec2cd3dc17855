import { isAlive, isRunning, type Unit } from '../../model/observed.ts';
import { recordHang } from '../learn/failures.ts';
import type { Drain } from '../state/instance.ts';
import { healthy, members } from '../view/members.ts';
import { amend, note, restart, stop } from '../view/notes.ts';
import type { Replacing, View } from '../view/pass.ts';
import { attainable, listens, mayServe, spareSlots, strangerAt } from '../view/slots.ts';

/** How long a publish may keep a stuck worker from being stopped, ms. */
const STUCK_TIMEOUT_MS = 5_000;

/** Takes an instance out of service: first unpublished, then stopped when no request is in flight. */
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

/** The slot's open connections in this pass's sample; null if it was not sampled. */
export const inFlight = (pass: View, slot: number): number | null => pass.samples.get(slot)?.open ?? null;

/** Replaces an instance that holds no request: there is nothing to wait for. */
export function drainHung(pass: Replacing, slot: number, reason: string): void {
  amend(pass, slot, { drain: { since: pass.now, reason, deadline: pass.now, kind: 'hung' } });
  note(pass, `replace ${slot}: ${reason}`);
}

/** Replaces an instance that may only be slow: its requests get as long as nginx would wait for them. */
export function drainSlow(pass: Replacing, slot: number, reason: string): void {
  const deadline = pass.now + pass.pool.nginx.readTimeout;
  amend(pass, slot, { drain: { since: pass.now, reason, deadline, kind: 'slow' } });
  note(pass, `replace ${slot}: ${reason}; it may finish its requests`);
}

const isStuck = ({ kind }: Drain): boolean => kind === 'slow' || kind === 'hung';

/** How many drain because they do not answer probes. */
export const stuck = (pass: View): number =>
  Object.values(pass.memory.instances).filter(m => m.drain && isStuck(m.drain)).length;

/** How many instances drain. */
export const draining = (pass: View): number =>
  Object.values(pass.memory.instances).filter(m => m.drain).length;

/** Some draining instances are unpublished: their last requests may end at any moment. */
export const isEnding = ({ memory, live }: View): boolean =>
  Object.entries(memory.instances).some(([slot, m]) => m.drain && !live.has(Number(slot)));

export const isDraining = (pass: View): boolean => draining(pass) > 0;

/** It is unpublished, or it is stuck and its publish takes too long. */
function isReleased(pass: View, slot: number, drained: Drain): boolean {
  if (!pass.live.has(slot) && !pass.world.publishing) return true;
  return isStuck(drained) && pass.now >= Math.max(drained.deadline, drained.since + STUCK_TIMEOUT_MS);
}

/** An ordinary start is over by then, ms. If somebody else asked for it, systemctl would say that it was cancelled. */
const START_MS = 1_000;

/** It does not run yet: it holds no request. */
const isUnborn = ({ active }: Unit): boolean => active === 'activating';

/** A job of the unit is under way, and has to end first; a start that takes long is not awaited. */
const isBusy = ({ now }: View, unit: Unit, { since }: { since: number }): boolean =>
  unit.job && !(isUnborn(unit) && now - since >= START_MS);

function stopWhenDrained(pass: Replacing, unit: Unit): void {
  const known = pass.memory.instances[unit.slot];
  const drained = known?.drain;
  if (!drained || isBusy(pass, unit, known) || !isAlive(unit) || !isReleased(pass, unit.slot, drained))
    return;
  const { reason } = drained;
  if (isUnborn(unit) || inFlight(pass, unit.slot) === 0)
    end(pass, unit, { ...drained, reason: `${reason}; no requests in flight` });
  else if (pass.now >= drained.deadline) endLate(pass, unit, drained);
}

function endLate(pass: Replacing, unit: Unit, drained: Drain): void {
  if (drained.kind === 'slow') recordHang(pass, unit.slot, drained.reason);
  end(pass, unit, drained);
}

/** A socket that systemd holds passes to the successor: if it were closed, another program could take the port. */
function end(pass: Replacing, { slot, held }: Unit, { kind, reason }: Drain): void {
  if (kind === 'replace' && held) {
    amend(pass, slot, { drain: null, phase: 'restarting', since: pass.now });
    restart(pass, slot, reason);
  } else stop(pass, slot, reason);
}

/** Probes have left it alone since it drains; but clients find it, and nobody else in its place. */
const canStay = (pass: View, unit: Unit): boolean =>
  isRunning(unit) &&
  !unit.job &&
  mayServe(pass, unit.slot) &&
  listens(pass, unit.slot) &&
  strangerAt(pass, unit.slot) === null;

/** Healthy draining instances that could stay. */
const leaving = (pass: View, kind: 'surplus' | 'replace'): Unit[] =>
  [...pass.units.values()].filter(unit => {
    const known = pass.memory.instances[unit.slot];
    return known?.drain?.kind === kind && known.phase === 'healthy' && canStay(pass, unit);
  });

/** Keeps draining instances when too few others are healthy: they serve sooner than new ones would. */
export function cancelDrains(pass: Replacing): void {
  const lacking = attainable(pass) - healthy(members(pass)).length;
  // without a spare slot a replacement starts by running one too few
  const allowed = spareSlots(pass).length === 0 ? 1 : 0;
  const kept = [
    ...leaving(pass, 'replace').slice(0, Math.max(0, lacking - allowed)),
    ...leaving(pass, 'surplus').slice(0, Math.max(0, lacking)),
  ];
  for (const { slot } of kept) {
    amend(pass, slot, { drain: null });
    note(pass, `keep ${slot}: too few others are healthy`);
  }
}

/** Stops draining instances that are unpublished and hold no request, or whose deadline has passed. */
export function stopDrained(pass: Replacing): void {
  for (const unit of pass.units.values()) stopWhenDrained(pass, unit);
}
