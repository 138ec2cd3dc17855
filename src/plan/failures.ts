import { failedAgain, HEALTHY_STRETCH } from './backoff.ts';
import { act, healthy, type Look, members, note } from './look.ts';
import type { Failures } from './memory.ts';
import { isWaiting } from './slots.ts';
import { isOutdated } from './stale.ts';
import { isAlive } from './world.ts';

/** One that did well for so long, ms, shows that the pool can live, whatever became of it; systemd counts starts for as long. */
const PROOF = 10_000;

function record(look: Look, slot: number, message: string, free: number, ofPool: Failures): void {
  const { pool, now, memory } = look;
  const seed = `${pool.name} ${slot}`;
  memory.slotFailures[slot] = failedAgain(memory.slotFailures[slot], now, seed, message, free);
  memory.failures = ofPool;
  note(look, `slot ${slot} failed: ${message}`);
}

const onceMore = ({ pool, now, memory }: Look, slot: number, message: string): Failures =>
  // the first failure of a pool costs no wait: another slot takes over at once
  failedAgain(memory.failures, now, pool.name, `slot ${slot}: ${message}`, 1);

/** Remembers that an instance failed beyond systemd's own restarts: its slot waits, and soon the pool does. */
export function recordFailure(look: Look, slot: number, message: string): void {
  record(look, slot, message, 0, onceMore(look, slot, message));
}

/** For how long it did well, ms: until it fell, or until now. */
function livedFor({ units, memory, now }: Look, slot: number): number {
  const known = memory.instances[slot];
  const end = known?.phase === 'unhealthy' ? known.since : now;
  return end - (units.get(slot)?.startedAt ?? now);
}

const noMore = ({ memory: { failures }, now }: Look, slot: number, message: string): Failures => ({
  ...failures,
  count: Math.max(1, failures.count),
  lastAt: now,
  message: `slot ${slot}: ${message}`,
});

/**
 * Remembers that an instance hangs, which systemd does not see: a first time costs its slot no wait. Its pool waits only
 * when it hung too soon; after one that had done well, a successor may as well.
 */
export function recordHang(look: Look, slot: number, message: string): void {
  const ofPool = livedFor(look, slot) < PROOF ? onceMore : noMore;
  record(look, slot, message, 1, ofPool(look, slot, message));
}

/** Lets every slot, and the pool, start without a wait. */
export function clearFailures(look: Look): void {
  look.memory.failures = { ...look.memory.failures, count: 0, until: 0 };
  look.memory.slotFailures = {};
}

/** A changed unit text is tried at once, whatever became of the one before. */
export function renew(look: Look): void {
  if (look.memory.seenText === look.changedAt) return;
  look.memory.seenText = look.changedAt;
  clearFailures(look);
}

/** Notes that the installed text is good: an instance of it is healthy. */
export function prove(look: Look): void {
  if (healthy(members(look)).some(m => !isOutdated(look, m))) look.memory.provenText = look.changedAt;
}

const stretched = (look: Look, since: number): boolean => look.now - since >= HEALTHY_STRETCH;

/** Forgives a pool that has been well for a while, and each slot whose instance has. */
export function forgive(look: Look): void {
  const { memory } = look;
  const steady = healthy(members(look)).filter(m => stretched(look, m.memory.since));
  for (const { slot } of steady) delete memory.slotFailures[slot];
  if (memory.failures.count > 0 && steady.length > 0 && stretched(look, memory.failures.lastAt))
    memory.failures = { ...memory.failures, count: 0, until: 0 };
}

/** Clears a failed unit once its wait is over, so that `systemctl --failed` tells of the present. */
export function clearFailed(look: Look): void {
  for (const [slot, unit] of look.units)
    if (unit.active === 'failed' && !unit.job && !isWaiting(look, slot) && !isAlive(unit))
      act(look, 'resetFailed', slot, 'its wait is over');
}
