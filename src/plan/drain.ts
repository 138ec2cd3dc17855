import { act, amend, type Look, note } from './look.ts';
import { isAlive, type Unit } from './world.ts';

/** How long a hung worker waits for nginx to be told before it is stopped all the same. */
const HUNG_PATIENCE = 5_000;

/** Takes an instance out of service: unpublished first, stopped when nothing is in flight. */
export function drain(look: Look, slot: number, reason: string): void {
  const deadline = look.now + look.pool.drainTimeout;
  amend(look, slot, { drain: { since: look.now, reason, deadline, hung: false } });
  note(look, `drain ${slot}: ${reason}`);
}

/** Takes a hung one out: what it holds is lost to it, and nginx retries it elsewhere the sooner it ends. */
export function drainHung(look: Look, slot: number, reason: string): void {
  amend(look, slot, { drain: { since: look.now, reason, deadline: look.now, hung: true } });
  note(look, `replace ${slot}: ${reason}`);
}

export const isDraining = (look: Look): boolean => Object.values(look.memory.instances).some(m => m.drain);

/** Connections of the slot in this look's sample; null when it was not sampled. */
const inFlight = (look: Look, slot: number): number | null =>
  look.world.load.find(s => s.pool === look.pool.name && s.slot === slot)?.connections ?? null;

function stopWhenDrained(look: Look, unit: Unit): void {
  const drained = look.memory.instances[unit.slot]?.drain;
  if (!drained || unit.job || !isAlive(unit)) return;
  const served = look.live.includes(unit.slot) || look.world.publishing;
  if (served && !(drained.hung && look.now >= drained.since + HUNG_PATIENCE)) return;
  if (inFlight(look, unit.slot) === 0)
    act(look, 'stop', unit.slot, `${drained.reason}; nothing is in flight`);
  else if (look.now >= drained.deadline) act(look, 'stop', unit.slot, drained.reason);
}

/** Stops each draining instance that nginx no longer uses and that holds nothing, or whose time is up. */
export function stopDrained(look: Look): void {
  for (const unit of look.units.values()) stopWhenDrained(look, unit);
}
