import type { Pool } from './pool.ts';
import { maySleep } from './sleep.ts';

/** Whether nginx has to tell of each request to the pool: it costs a few microseconds of CPU time a request. */
export const needsTraffic = (pool: Pool): boolean => {
  const { recycling, health, nginx, scale } = pool;
  const limits = [recycling.maxRequests, health.requestTimeout, nginx.slowLog, scale.requests, scale.latency];
  return limits.some(limit => limit !== null) || maySleep(pool);
};

/** A request that takes longer is told of, ms; null: none is. */
export const slowAfter = ({ health, nginx }: Pool): number | null => nginx.slowLog ?? health.requestTimeout;
