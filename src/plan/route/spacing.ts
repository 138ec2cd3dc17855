import { isComplete } from '../../model/routing.ts';
import type { PublishMemory } from '../state/memory.ts';
import type { World } from '../world.ts';

/** What a change may wait for: nothing, instances that are about to be healthy, or many that start in turns. */
export type Settling = 'nothing' | 'starts' | 'turns';

/**
 * Changes within this time share a reload, ms; a worker that restarts within it needs none. A reload costs as much as several starts, which
 * it would hold up.
 */
const SETTLE_MS: Record<Settling, number> = { nothing: 0, starts: 200, turns: 5_000 };
/** Before the first publish after boot: time for the first instances to become healthy, ms. */
const FIRST_SETTLE_MS = 1_500;
/**
 * The average distance between reloads, ms: each leaves old nginx workers behind for about 100 ms. A burst of two is
 * allowed: one drops an unhealthy instance, the other adds its successor.
 */
const SPACING_MS = 1_000;
/** The longest wait after a failed publish, ms: an administrator who fixes nginx waits for the retry. */
const MAX_RETRY_MS = 10_000;
/** The same while nginx serves all pools but those that it refuses, or does not start: each attempt costs more, or is logged, ms. */
const MAX_QUIET_RETRY_MS = 60_000;

/** When the budget for reloads is free again; a clock that was set back must not delay routing. */
const spentUntil = ({ spentUntil: until }: PublishMemory, now: number): number =>
  Math.min(until, now + 2 * SPACING_MS);

/** The same after one more publish now. */
export const spend = (memory: PublishMemory, now: number): number =>
  Math.max(spentUntil(memory, now), now) + SPACING_MS;

/** When the budget allows for another publish, ms since the epoch. */
function spacedAt(memory: PublishMemory, longest: number, now: number): number {
  if (memory.failures === 0) return spentUntil(memory, now) - SPACING_MS;
  return Math.min(memory.askedAt, now) + Math.min(longest, SPACING_MS * 2 ** memory.failures);
}

/** The longest wait between attempts, ms. */
export const longestRetry = ({ published, nginx }: World): number =>
  published?.error === null && (nginx === 'failed' || !isComplete(published))
    ? MAX_QUIET_RETRY_MS
    : MAX_RETRY_MS;

/** When the next publish is due, ms since the epoch. */
export function dueAt(
  memory: PublishMemory,
  since: number,
  settle: number,
  longest: number,
  now: number,
): number {
  return Math.max(Math.min(since, now) + settle, spacedAt(memory, longest, now));
}

/** How long to wait for further changes, ms. */
export const settleFor = ({ published }: World, settling: Settling): number =>
  published ? SETTLE_MS[settling] : FIRST_SETTLE_MS;
