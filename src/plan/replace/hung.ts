import { recordHang } from '../learn/failures.ts';
import { isUnhealthy } from '../learn/outage.ts';
import { type Member, members } from '../view/members.ts';
import { amend, restart } from '../view/notes.ts';
import type { Replacing } from '../view/pass.ts';
import { isWaiting, spareSlots } from '../view/slots.ts';
import { isStale } from '../view/stale.ts';
import { drainHung, drainSlow } from './drain.ts';
import { mayRestart } from './restarts.ts';

/** A worker that handles SIGTERM, or leaves it at its default, exits within this time, ms. */
const RESTART_TIMEOUT_MS = 1_000;

/** The age of the oldest request that an instance has accepted and not answered, ms; null if there is none. */
const heldFor = (pass: Replacing, slot: number): number | null => pass.samples.get(slot)?.oldest ?? null;

/**
 * Has systemd restart an instance that accepts no requests: none is lost, nginx skips it meanwhile, and if it is back
 * soon no reload is needed. If its slot backs off, or the instance is stale, another slot takes over instead.
 */
function restartHung(pass: Replacing, member: Member, reason: string): void {
  const { slot } = member;
  recordHang(pass, slot, reason);
  if (isWaiting(pass, slot) || isStale(pass, member)) drainHung(pass, slot, reason);
  else {
    amend(pass, slot, { phase: 'restarting', since: pass.now });
    restart(pass, slot, reason);
  }
}

/** Replaces instances that do not stop: systemd waits for them as long as TimeoutStopSec=. */
export function giveUpRestarting(pass: Replacing): void {
  for (const { slot, unit, memory } of members(pass))
    if (
      memory.phase === 'restarting' &&
      pass.now - memory.since >= RESTART_TIMEOUT_MS &&
      // its socket stays open, and there is no other slot
      !(unit.held && spareSlots(pass).length === 0)
    )
      drainHung(pass, slot, 'it did not stop within 1 s of the restart request');
}

/** Replaces instances that do not answer probes, at most Restarts= at a time. */
export function replaceHung(pass: Replacing): void {
  const { restartAfter } = pass.pool.health;
  const list = members(pass);
  if (restartAfter === 0 || !mayRestart(pass, list)) return;
  const victim = list.find(m => isUnhealthy(m) && m.memory.fails >= restartAfter);
  if (!victim) return;
  const { slot, memory } = victim;
  const reason = `${memory.fails} probes in a row failed (${memory.detail})`;
  // an instance that holds a request may only be slow; one that accepts none hangs, however many are queued
  if (heldFor(pass, slot) === null) restartHung(pass, victim, reason);
  else drainSlow(pass, slot, reason);
}

/** Replaces instances that hold a request longer than RequestTimeout=, whatever their probes say. */
export function replaceStuck(pass: Replacing): void {
  const { requestTimeout } = pass.pool.health;
  if (requestTimeout === null || !mayRestart(pass, members(pass))) return;
  const held = (slot: number): number => heldFor(pass, slot) ?? 0;
  const victim = members(pass).find(m => held(m.slot) > requestTimeout);
  if (!victim) return;
  const [is, may] = [held(victim.slot), requestTimeout].map(ms => `${Math.round(ms / 100) / 10} s`);
  const reason = `it has held a request for ${is} (RequestTimeout=${may})`;
  recordHang(pass, victim.slot, reason);
  drainHung(pass, victim.slot, reason);
}
