import { DOORBELL } from './names.ts';
import type { Pool } from './pool.ts';

/** At some time it may have no instance at all. */
export const maySleep = ({ min, schedules }: Pick<Pool, 'min' | 'schedules'>): boolean =>
  min === 0 || schedules.some(schedule => schedule.min === 0);

/** Every slot that requests may go to. */
export const reachable = (pool: Pool): number[] => (maySleep(pool) ? [DOORBELL, ...pool.slots] : pool.slots);
