import { DOORBELL } from './names.ts';
import type { Pool } from './pool.ts';

/** Whether nginx has to tell of each request to the pool: it costs a few microseconds of CPU time a request. */
export const needsTraffic = (pool: Pool): boolean => {
  const { recycling, health, nginx, scale } = pool;
  const limits = [recycling.maxRequests, health.requestTimeout, nginx.slowLog, scale.requests, scale.latency];
  return limits.some(limit => limit !== null) || maySleep(pool);
};

/** At some time it may have no instance at all. */
export const maySleep = ({ min, schedules }: Pick<Pool, 'min' | 'schedules'>): boolean =>
  min === 0 || schedules.some(schedule => schedule.min === 0);

/** Every slot that requests may go to. */
export const reachable = (pool: Pool): number[] => (maySleep(pool) ? [DOORBELL, ...pool.slots] : pool.slots);

/** A request that takes longer is told of, ms; null: none is. */
export const slowAfter = ({ health, nginx }: Pool): number | null => nginx.slowLog ?? health.requestTimeout;
