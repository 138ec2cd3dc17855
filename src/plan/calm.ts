import type { Pool } from '../model/pool.ts';
import { desired } from './view/desired.ts';
import { healthy, members } from './view/members.ts';
import type { Pass } from './view/pass.ts';

/** Its rules depend on a sample at every pass. */
const isSampled = ({ scale, health, nginx, recycling }: Pool): boolean =>
  [scale.concurrency, scale.queue, health.requestTimeout, recycling.maxMemory].some(
    limit => limit !== null,
  ) ||
  scale.spare > 0 ||
  nginx.weight === 'auto';

/** The share of a core that answering probes costs a worker. */
const IDLE_CPU_SHARE = 0.01;

/** An instance at work may hang, which only a pass that samples its connections detects. */
const areAllIdle = ({ samples }: Pass): boolean =>
  [...samples.values()].every(({ cpu, open }) => (cpu ?? 0) < IDLE_CPU_SHARE && (open ?? 0) === 0);

/** An instance starts, and no probe says when it is up. */
export const isAwaited = (pass: Pass): boolean =>
  pass.pool.health.probe === 'none' && members(pass).some(({ memory }) => memory.phase === 'starting');

/** The desired instances are healthy and idle, there are no others, and no rule waits for a deadline. */
export function isCalm(pass: Pass): boolean {
  const { pool, units, memory, actions } = pass;
  const count = desired(pass);
  const isWhole = units.size === count && healthy(members(pass)).length === count;
  const isWell = memory.failures.count === 0 && Object.keys(memory.slotFailures).length === 0;
  return isWhole && isWell && actions.length === 0 && !isSampled(pool) && areAllIdle(pass);
}
