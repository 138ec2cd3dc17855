import { desired } from './desired.ts';
import { act, amend, healthy, type Look, members, note } from './look.ts';
import { isAlive, isRunning, type Unit } from './world.ts';

/** How long a hung worker waits for nginx to be told before it is stopped all the same. */
const HUNG_PATIENCE = 5_000;

/** Takes an instance out of service: unpublished first, stopped when nothing is in flight. */
export function drain(look: Look, slot: number, reason: string, kind: 'spare' | 'swap' = 'spare'): void {
  const deadline = look.now + look.pool.drainTimeout;
  amend(look, slot, { drain: { since: look.now, reason, deadline, kind } });
  note(look, `drain ${slot}: ${reason}`);
}

/** Takes a hung one out: what it holds is lost to it, and nginx retries it elsewhere the sooner it ends. */
export function drainHung(look: Look, slot: number, reason: string): void {
  amend(look, slot, { drain: { since: look.now, reason, deadline: look.now, kind: 'hung' } });
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
  if (served && !(drained.kind === 'hung' && look.now >= drained.since + HUNG_PATIENCE)) return;
  if (inFlight(look, unit.slot) === 0)
    act(look, 'stop', unit.slot, `${drained.reason}; nothing is in flight`);
  else if (look.now >= drained.deadline) act(look, 'stop', unit.slot, drained.reason);
}

/** Healthy instances on their way out that could stay. */
const leaving = (look: Look, kind: 'spare' | 'swap'): Unit[] =>
  [...look.units.values()].filter(unit => {
    const known = look.memory.instances[unit.slot];
    return known?.drain?.kind === kind && known.phase === 'healthy' && isRunning(unit) && !unit.job;
  });

/** Takes back instances on their way out when too few are left: sooner than a new one could serve. */
export function takeBack(look: Look): void {
  const lacking = desired(look) - healthy(members(look)).length;
  // a swap begins with one too few
  const kept = [
    ...leaving(look, 'swap').slice(0, Math.max(0, lacking - 1)),
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
