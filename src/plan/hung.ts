import { drainHung, drainSlow } from './drain.ts';
import { recordHang } from './failures.ts';
import { act, amend, type Look, type Member, members } from './look.ts';
import { hasFallen, mayRestart } from './panic.ts';
import { isWaiting } from './slots.ts';
import { isStale } from './stale.ts';

/** Whoever hears a SIGTERM, or does not handle it, ends within, ms. */
const ENDS_WITHIN = 1_000;

/** For how long an instance has held the oldest request that it accepted, ms; null when it holds none. */
const heldFor = (look: Look, slot: number): number | null => look.samples.get(slot)?.oldest ?? null;

/**
 * Has systemd restart one that accepts nothing: nobody loses by it, nginx passes over it for the moment, and where it is
 * back soon no reload is due. One that hung of late too has its slot wait, and another takes over, as for one that is old.
 */
function restart(look: Look, member: Member, reason: string): void {
  const { slot } = member;
  recordHang(look, slot, reason);
  if (isWaiting(look, slot) || isStale(look, member)) drainHung(look, slot, reason);
  else {
    amend(look, slot, { phase: 'restarting', since: look.now });
    act(look, 'restart', slot, reason);
  }
}

/** Fills the place of one that does not end: systemd waits for it as long as TimeoutStopSec= says. */
export function giveUpRestarting(look: Look): void {
  for (const { slot, memory } of members(look))
    if (memory.phase === 'restarting' && look.now - memory.since >= ENDS_WITHIN)
      drainHung(look, slot, 'it was to be restarted and does not end');
}

/** Replaces instances that answer no probe, as many at a time as Restarts= says. */
export function replaceHung(look: Look): void {
  const { restartAfter } = look.pool.health;
  const list = members(look);
  if (restartAfter === 0 || !mayRestart(look, list)) return;
  const victim = list.find(m => hasFallen(m) && m.memory.fails >= restartAfter);
  if (!victim) return;
  const { slot, memory } = victim;
  const reason = `${memory.fails} probes in a row failed (${memory.detail})`;
  // one that accepted a request may only be slow; one that accepts none hangs, however many wait for it
  if (heldFor(look, slot) === null) restart(look, victim, reason);
  else drainSlow(look, slot, reason);
}

/** Replaces instances that hold a request for longer than RequestTimeout= allows, whatever their probes say. */
export function replaceStuck(look: Look): void {
  const { requestTimeout } = look.pool.health;
  if (requestTimeout === null || !mayRestart(look, members(look))) return;
  const held = (slot: number): number => heldFor(look, slot) ?? 0;
  const victim = members(look).find(m => held(m.slot) > requestTimeout);
  if (!victim) return;
  const [is, may] = [held(victim.slot), requestTimeout].map(ms => `${Math.round(ms / 100) / 10} s`);
  const reason = `it has held a request for ${is} (RequestTimeout=${may})`;
  recordHang(look, victim.slot, reason);
  drainHung(look, victim.slot, reason);
}
