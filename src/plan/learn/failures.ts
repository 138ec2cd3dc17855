import type { Failures } from '../state/memory.ts';
import { healthy, members } from '../view/members.ts';
import { note } from '../view/notes.ts';
import type { Learning, Recording, View } from '../view/pass.ts';
import { isOutdated } from '../view/stale.ts';
import { failedAgain, RESET_AFTER_MS } from './backoff.ts';

/** One that did well for so long, ms, shows that the pool can live, whatever became of it; systemd counts starts for as long. */
const PROOF_MS = 10_000;

function record(pass: Recording, slot: number, message: string, free: number, ofPool: Failures): void {
  const { pool, now, memory } = pass;
  const seed = `${pool.name} ${slot}`;
  memory.slotFailures[slot] = failedAgain(memory.slotFailures[slot], now, seed, message, free);
  memory.failures = ofPool;
  note(pass, `slot ${slot} failed: ${message}`);
}

const onceMore = ({ pool, now, memory }: View, slot: number, message: string): Failures =>
  // the first failure of a pool costs no wait: another slot takes over at once
  failedAgain(memory.failures, now, pool.name, `slot ${slot}: ${message}`, 1);

/** Remembers that an instance failed beyond systemd's own restarts: its slot waits, and soon the pool does. */
export function recordFailure(pass: Recording, slot: number, message: string): void {
  record(pass, slot, message, 0, onceMore(pass, slot, message));
}

/** For how long it did well, ms: until it fell, or until now. */
function livedFor({ units, memory, now }: View, slot: number): number {
  const known = memory.instances[slot];
  const end = known?.phase === 'unhealthy' ? known.since : now;
  return end - (units.get(slot)?.startedAt ?? now);
}

const noMore = ({ memory: { failures }, now }: View, slot: number, message: string): Failures => ({
  ...failures,
  count: Math.max(1, failures.count),
  lastAt: now,
  message: `slot ${slot}: ${message}`,
});

/**
 * Remembers that an instance hangs, which systemd does not see: a first time costs its slot no wait. Its pool waits only
 * when it hung too soon; after one that had done well, a successor may as well.
 */
export function recordHang(pass: Recording, slot: number, message: string): void {
  const ofPool = livedFor(pass, slot) < PROOF_MS ? onceMore : noMore;
  record(pass, slot, message, 1, ofPool(pass, slot, message));
}

/** Lets every slot, and the pool, start without a wait. */
export function clearFailures(pass: Learning): void {
  pass.memory.failures = { ...pass.memory.failures, count: 0, until: 0 };
  pass.memory.slotFailures = {};
}

/** A changed unit text is tried at once, whatever became of the one before. */
export function resetOnNewRevision(pass: Learning): void {
  if (pass.memory.seenRevision === pass.revision) return;
  pass.memory.seenRevision = pass.revision;
  clearFailures(pass);
}

/** Notes that the installed text is good: an instance of it is healthy. */
export function markRevisionGood(pass: Learning): void {
  if (healthy(members(pass)).some(m => !isOutdated(pass, m))) pass.memory.goodRevision = pass.revision;
}

const stretched = (pass: View, since: number): boolean => pass.now - since >= RESET_AFTER_MS;

/** Forgives a pool that has been well for a while, and each slot whose instance has. */
export function resetFailures(pass: Learning): void {
  const { memory } = pass;
  const steady = healthy(members(pass)).filter(m => stretched(pass, m.memory.since));
  for (const { slot } of steady) delete memory.slotFailures[slot];
  if (memory.failures.count > 0 && steady.length > 0 && stretched(pass, memory.failures.lastAt))
    memory.failures = { ...memory.failures, count: 0, until: 0 };
}
