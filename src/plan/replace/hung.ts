import { isRunning } from '../../model/observed.ts';
import { recordFailure, recordHang } from '../learn/failures.ts';
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

/** As many as systemd's start limit, which only counts the starts of the last 10 s; this ends slower crash loops. */
const MAX_FAILED_STARTS = 5;

/** It runs, and no probe has failed since its time was over: the next one decides. The last one may be long ago on a busy machine. */
const isPromising = ({ unit, memory }: Member, deadline: number): boolean =>
  isRunning(unit) && (memory.fails === 0 || memory.failedAt < deadline);

/** Why to give up on a starting instance, or null: it takes too long, or keeps dying. */
function giveUpReason({ pool, now, samples }: Replacing, member: Member): string | null {
  const { memory, unit, slot } = member;
  const { startTimeout } = pool.health;
  if (memory.failedStarts >= MAX_FAILED_STARTS)
    return `it died ${memory.failedStarts} times in a row before it was healthy`;
  // systemd may have started two hundred others first
  const began = Math.max(memory.since, Math.min(unit.startedAt, now));
  // what it waited for a CPU is not its own time
  const deadline = began + startTimeout + (samples.get(slot)?.stalled ?? 0);
  if (now < deadline || isPromising(member, deadline)) return null;
  return `not healthy within ${startTimeout / 1000} s (${memory.detail || 'no probe answered'})`;
}

/** Gives up on instances that do not become healthy. */
export function giveUpStarting(pass: Replacing): void {
  for (const member of members(pass)) {
    const { slot, unit, memory } = member;
    const reason = memory.phase === 'starting' && !unit.job ? giveUpReason(pass, member) : null;
    if (reason === null) continue;
    if (isRunning(unit)) recordFailure(pass, slot, reason);
    drainHung(pass, slot, reason);
  }
}
