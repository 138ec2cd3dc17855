import type { Failures } from '../state/memory.ts';
import { healthy, members } from '../view/members.ts';
import { note } from '../view/notes.ts';
import type { Learning, Recording, View } from '../view/pass.ts';
import { strangerAt } from '../view/slots.ts';
import { isOutdated } from '../view/stale.ts';
import { failedAgain, RESET_AFTER_MS } from './backoff.ts';

/** An instance that was well for this long, ms, shows that the pool works; the interval of systemd's start limit. */
const PROOF_MS = 10_000;

function record(pass: Recording, slot: number, ofSlot: Failures, ofPool: Failures): void {
  pass.memory.slotFailures[slot] = ofSlot;
  pass.memory.failures = ofPool;
  note(pass, `slot ${slot} failed: ${ofSlot.message}`);
}

/** The slot's failures, and one more. The first `free` ones cost no wait. */
function slotFailure({ pool, now, memory }: View, slot: number, message: string, free = 0): Failures {
  return failedAgain(memory.slotFailures[slot], now, `${pool.name} ${slot}`, message, free);
}

/** The pool's failures, and one more. */
const withOneMore = ({ pool, now, memory }: View, slot: number, message: string): Failures =>
  // the first failure of a pool costs no wait: another slot takes over at once
  failedAgain(memory.failures, now, pool.name, `slot ${slot}: ${message}`, 1);

/**
 * Records that an instance failed despite systemd's restarts: its slot backs off; after a second failure the pool too. Not so
 * where another program has its port, who could make the pool wait ever longer: the slot is left alone for a moment.
 */
export function recordFailure(pass: Recording, slot: number, message: string): void {
  if (strangerAt(pass, slot) === null)
    record(pass, slot, slotFailure(pass, slot, message), withOneMore(pass, slot, message));
  else recordTaken(pass, slot, message);
}

function recordTaken(pass: Recording, slot: number, message: string): void {
  const once = failedAgain(undefined, pass.now, `${pass.pool.name} ${slot}`, message);
  record(pass, slot, once, withoutWait(pass, slot, message));
}

/** Records that systemd refuses to start an instance: that says nothing of the others, and costs a start next to nothing. */
export function recordRefusal(pass: Recording, slot: number, message: string): void {
  record(pass, slot, slotFailure(pass, slot, message), withoutWait(pass, slot, message));
}

/** How long it was well, ms: until it became unhealthy, or until now. */
function livedFor({ units, memory, now }: View, slot: number): number {
  const known = memory.instances[slot];
  const end = known?.phase === 'unhealthy' ? known.since : now;
  return end - (units.get(slot)?.startedAt ?? now);
}

/** The pool's failures with a new message, but no further wait. */
const withoutWait = ({ memory: { failures }, now }: View, slot: number, message: string): Failures => ({
  ...failures,
  count: Math.max(1, failures.count),
  lastAt: now,
  message: `slot ${slot}: ${message}`,
});

/**
 * Records that an instance hangs, which systemd does not detect. The first hang costs its slot no wait. The pool backs
 * off only if it hung soon after its start; otherwise a successor can be expected to work.
 */
export function recordHang(pass: Recording, slot: number, message: string): void {
  const ofPool = livedFor(pass, slot) < PROOF_MS ? withOneMore : withoutWait;
  record(pass, slot, slotFailure(pass, slot, message, 1), ofPool(pass, slot, message));
}

/**
 * Records that a worker ended and systemd does not restart it, or not soon. `lived`: how long it had been healthy, ms. If that was
 * long, its successor can be expected to work.
 */
export function recordEnd(pass: Recording, slot: number, message: string, lived: number): void {
  if (lived < PROOF_MS) recordFailure(pass, slot, message);
  else record(pass, slot, slotFailure(pass, slot, message, 1), withoutWait(pass, slot, message));
}

/** Ends all back-off of the pool and its slots. */
export function clearFailures(pass: Learning): void {
  pass.memory.failures = { ...pass.memory.failures, count: 0, until: 0 };
  pass.memory.slotFailures = {};
  pass.memory.hints = {};
}

/** A new revision is tried at once, whatever happened to the one before. */
export function resetOnNewRevision(pass: Learning): void {
  if (pass.memory.seenRevision === pass.revision) return;
  pass.memory.seenRevision = pass.revision;
  clearFailures(pass);
}

/** Marks the installed revision as good once an instance of it is healthy. */
export function markRevisionGood(pass: Learning): void {
  if (healthy(members(pass)).some(m => !isOutdated(pass, m))) pass.memory.goodRevision = pass.revision;
}

const isLongAgo = (pass: View, since: number): boolean => pass.now - since >= RESET_AFTER_MS;

/** Resets the failures of slots, and of the pool, that have been well for RESET_AFTER_MS. */
export function resetFailures(pass: Learning): void {
  const { memory } = pass;
  const steady = healthy(members(pass)).filter(m => isLongAgo(pass, m.memory.since));
  for (const { slot } of steady) delete memory.slotFailures[slot];
  if (memory.failures.count > 0 && steady.length > 0 && isLongAgo(pass, memory.failures.lastAt))
    memory.failures = { ...memory.failures, count: 0, until: 0 };
}
