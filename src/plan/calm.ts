import type { Pool } from '../pool/pool.ts';
import { desired } from './desired.ts';
import { healthy, type Look, members } from './look.ts';

/** What it goes by is sampled at each look. */
const isSampled = ({ scale, health, nginx, recycling }: Pool): boolean =>
  [scale.concurrency, scale.queue, health.requestTimeout, recycling.maxMemory].some(
    limit => limit !== null,
  ) ||
  scale.spare > 0 ||
  nginx.weight === 'auto';

/** As much of a core as probes cost a worker, and no more. */
const IDLE = 0.01;

/** Whoever has something to do may hang, which a look sees by what it holds. */
const isIdle = ({ samples }: Look): boolean =>
  [...samples.values()].every(({ cpu, connections }) => (cpu ?? 0) < IDLE && (connections ?? 0) === 0);

/** All that are wanted are healthy and idle, nobody else is there, and nothing waits for a time to come. */
export function isCalm(look: Look): boolean {
  const { pool, units, memory, actions } = look;
  const count = desired(look);
  const isWhole = units.size === count && healthy(members(look)).length === count;
  const isWell = memory.failures.count === 0 && Object.keys(memory.slotFailures).length === 0;
  return isWhole && isWell && actions.length === 0 && !isSampled(pool) && isIdle(look);
}
