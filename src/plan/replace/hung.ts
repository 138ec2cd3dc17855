import { isRunning } from '../../model/observed.ts';
import { recordFailure, recordHang } from '../learn/failures.ts';
import { hasFallen } from '../learn/outage.ts';
import { type Member, members } from '../view/members.ts';
import { amend, restart } from '../view/notes.ts';
import type { Replacing } from '../view/pass.ts';
import { isWaiting, spareSlots } from '../view/slots.ts';
import { isStale } from '../view/stale.ts';
import { drainHung, drainSlow } from './drain.ts';
import { mayRestart } from './restarts.ts';

/** Whoever hears a SIGTERM, or does not handle it, ends within, ms. */
const RESTART_TIMEOUT_MS = 1_000;

/** For how long an instance has held the oldest request that it accepted, ms; null when it holds none. */
const heldFor = (pass: Replacing, slot: number): number | null => pass.samples.get(slot)?.oldest ?? null;

/**
 * Has systemd restart one that accepts nothing: nobody loses by it, nginx passes over it for the moment, and where it is
 * back soon no reload is due. One that hung of late too has its slot wait, and another takes over, as for one that is old.
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

/** Fills the place of one that does not end: systemd waits for it as long as TimeoutStopSec= says. */
export function giveUpRestarting(pass: Replacing): void {
  for (const { slot, unit, memory } of members(pass))
    if (
      memory.phase === 'restarting' &&
      pass.now - memory.since >= RESTART_TIMEOUT_MS &&
      // its socket stays, and no other slot could take over
      !(unit.held && spareSlots(pass).length === 0)
    )
      drainHung(pass, slot, 'it did not stop within 1 s of the restart request');
}

/** Replaces instances that answer no probe, as many at a time as Restarts= says. */
export function replaceHung(pass: Replacing): void {
  const { restartAfter } = pass.pool.health;
  const list = members(pass);
  if (restartAfter === 0 || !mayRestart(pass, list)) return;
  const victim = list.find(m => hasFallen(m) && m.memory.fails >= restartAfter);
  if (!victim) return;
  const { slot, memory } = victim;
  const reason = `${memory.fails} probes in a row failed (${memory.detail})`;
  // one that accepted a request may only be slow; one that accepts none hangs, however many wait for it
  if (heldFor(pass, slot) === null) restartHung(pass, victim, reason);
  else drainSlow(pass, slot, reason);
}

/** Replaces instances that hold a request for longer than RequestTimeout= allows, whatever their probes say. */
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

/** As many as systemd's own limit has, which counts only the deaths of 10 s; a slower loop is ended here. */
const MAX_FAILED_STARTS = 5;

/** It runs, and no probe has failed of late: it lacks a probe more, or whoever makes them is late. */
const isPromising = ({ unit, memory }: Member): boolean => isRunning(unit) && memory.fails === 0;

/** Why a starting instance is given up, or null: it takes too long, or begins again and again. */
function hopeless({ pool, now }: Replacing, member: Member): string | null {
  const { memory, unit } = member;
  const { startTimeout } = pool.health;
  if (memory.failedStarts >= MAX_FAILED_STARTS)
    return `it died ${memory.failedStarts} times in a row before it was healthy`;
  // systemd may have had two hundred to start before it
  const began = Math.max(memory.since, Math.min(unit.startedAt, now));
  if (now - began < startTimeout || isPromising(member)) return null;
  return `not healthy within ${startTimeout / 1000} s (${memory.detail || 'no probe answered'})`;
}

/** Gives up on an instance that does not become healthy. */
export function giveUpStarting(pass: Replacing): void {
  for (const member of members(pass)) {
    const { slot, unit, memory } = member;
    const reason = memory.phase === 'starting' && !unit.job ? hopeless(pass, member) : null;
    if (reason === null) continue;
    if (isRunning(unit)) recordFailure(pass, slot, reason);
    drainHung(pass, slot, reason);
  }
}
