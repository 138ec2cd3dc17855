import type { Pool } from './pool.ts';

/** Whether nginx has to tell of each request to the pool: it costs a few microseconds of CPU time a request. */
export const needsTraffic = ({ recycling, health, nginx }: Pool): boolean =>
  recycling.maxRequests !== null || health.requestTimeout !== null || nginx.slowLog !== null;

/** A request that takes longer is told of, ms; null: none is. */
export const slowAfter = ({ health, nginx }: Pool): number | null => nginx.slowLog ?? health.requestTimeout;
