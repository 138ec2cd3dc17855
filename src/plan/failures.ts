import { failedAgain, HEALTHY_STRETCH } from './backoff.ts';
import { act, healthy, type Look, members, note } from './look.ts';
import { isOutdated } from './stale.ts';
import { isAlive } from './world.ts';

/**
 * Remembers that an instance failed beyond systemd's own restarts: its slot waits, and soon the pool does. The first
 * `free` failures of a slot cost it no wait.
 */
export function recordFailure(look: Look, slot: number, message: string, free = 0): void {
  const { pool, now, memory } = look;
  memory.slotFailures[slot] = failedAgain(
    memory.slotFailures[slot],
    now,
    `${pool.name} ${slot}`,
    message,
    free,
  );
  // the first failure of a pool costs no wait: another slot takes over at once
  memory.failures = failedAgain(memory.failures, now, pool.name, `slot ${slot}: ${message}`, 1);
  note(look, `slot ${slot} failed: ${message}`);
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
  for (const [slot, unit] of look.units) {
    const waits = (look.memory.slotFailures[slot]?.until ?? 0) > look.now;
    if (unit.active === 'failed' && !unit.job && !waits && !isAlive(unit))
      act(look, 'resetFailed', slot, 'its wait is over');
  }
}
