import type { PublishMemory } from '../state/memory.ts';
import type { World } from '../world.ts';

/** While some start, changes within this time make one reload; a worker that systemd restarts meanwhile makes none, ms. */
const SETTLE_MS = 200;
/** With nothing known of nginx (after boot), time for the first instances to become healthy, ms. */
const FIRST_SETTLE_MS = 1_500;
/**
 * Reloads are this far apart on average, ms: each leaves old nginx workers behind for about 100 ms. One more may come at
 * once: who falls goes, and its successor comes.
 */
const SPACING_MS = 1_000;
/** Longest wait after a failed publish, ms: whoever mends nginx stands and waits for it. */
const MAX_RETRY_MS = 10_000;

/** Until when those so far use up what reloads may cost; a clock that was set back must not hold routing up. */
const spentUntil = ({ spentUntil: until }: PublishMemory, now: number): number =>
  Math.min(until, now + 2 * SPACING_MS);

/** Until when they do with one more, that is asked for now. */
export const spend = (memory: PublishMemory, now: number): number =>
  Math.max(spentUntil(memory, now), now) + SPACING_MS;

/** When reloads allow for one more, ms since the epoch. */
function spacedAt(memory: PublishMemory, now: number): number {
  if (memory.failures === 0) return spentUntil(memory, now) - SPACING_MS;
  return Math.min(memory.askedAt, now) + Math.min(MAX_RETRY_MS, SPACING_MS * 2 ** memory.failures);
}

/** When the next publish may be asked for, ms since the epoch. */
export function dueAt(memory: PublishMemory, since: number, settle: number, now: number): number {
  return Math.max(Math.min(since, now) + settle, spacedAt(memory, now));
}

/** For how long more changes may follow, ms: while some start, others do so too. */
export function settleFor(world: World, isSettling: boolean): number {
  if (!world.published) return FIRST_SETTLE_MS;
  return isSettling ? SETTLE_MS : 0;
}
