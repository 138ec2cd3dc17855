import type { Pool } from '../../model/pool.ts';

/** What is not of the pool's choosing, ms: a publish and its repetition, and systemd's patience with a stop (TimeoutStopSec=). */
const ALLOWANCE_MS = 20_000;

/** systemd starts one after another, and a sandboxed start takes up to 100 ms of a core (docs/benchmarks.md), ms. */
const START_MS = 500;

/**
 * How long a rollout that replaces so many instances may take, ms. A batch starts, and the next one waits until the old instances of
 * this one have drained. Beyond that one more start: after a first failure another slot is tried at once. `atOnce`: how many
 * instances start in all, those of other pools too.
 */
export function rolloutBound(
  { health, drainTimeout, rollout }: Pool,
  replaced: number,
  atOnce: number,
): number {
  const batches = Math.ceil(replaced / rollout.batch);
  const rounds = batches * (health.startTimeout + drainTimeout);
  return rounds + 2 * health.startTimeout + drainTimeout + atOnce * START_MS + ALLOWANCE_MS;
}
