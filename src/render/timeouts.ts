import type { Pool } from '../model/pool.ts';

/** The controller sees within this time that a request is held for too long, on a loaded machine too, ms. */
const NOTICE_MS = 5_000;

/** How long nginx waits for an instance, ms: with RequestTimeout= long enough for the controller to see which one holds the request. */
export const readTimeout = ({ nginx, health }: Pool): number =>
  Math.min(nginx.readTimeout, (health.requestTimeout ?? Infinity) + NOTICE_MS);

/** How long a request waits at the wake socket, ms: an instance has to start first. */
export const wakeTimeout = (pool: Pool): number => pool.health.startTimeout + readTimeout(pool);

/** For how long nginx tries others, ms: never a request that was cut by RequestTimeout=, and a slow one at most twice. */
export const giveUpAfter = ({ nginx, health }: Pool): number =>
  Math.min(2 * nginx.readTimeout, health.requestTimeout ?? Infinity);
