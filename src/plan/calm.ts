import type { Pool } from '../model/pool.ts';
import { desired } from './view/desired.ts';
import { healthy, members } from './view/members.ts';
import type { Pass } from './view/pass.ts';

/** What it goes by is sampled at each pass. */
const isSampled = ({ scale, health, nginx, recycling }: Pool): boolean =>
  [scale.concurrency, scale.queue, health.requestTimeout, recycling.maxMemory].some(
    limit => limit !== null,
  ) ||
  scale.spare > 0 ||
  nginx.weight === 'auto';

/** As much of a core as probes cost a worker, and no more. */
const IDLE_CPU_SHARE = 0.01;

/** Whoever has something to do may hang, which a pass sees by what it holds. */
const isIdle = ({ samples }: Pass): boolean =>
  [...samples.values()].every(({ cpu, open }) => (cpu ?? 0) < IDLE_CPU_SHARE && (open ?? 0) === 0);

/** All that are wanted are healthy and idle, nobody else is there, and nothing waits for a time to come. */
export function isCalm(pass: Pass): boolean {
  const { pool, units, memory, actions } = pass;
  const count = desired(pass);
  const isWhole = units.size === count && healthy(members(pass)).length === count;
  const isWell = memory.failures.count === 0 && Object.keys(memory.slotFailures).length === 0;
  return isWhole && isWell && actions.length === 0 && !isSampled(pool) && isIdle(pass);
}
