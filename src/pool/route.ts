import { portOf } from './address.ts';
import type { Pool } from './pool.ts';

/** Whether nginx sends anything to the pool. */
export const isRouted = ({ nginx }: Pick<Pool, 'nginx'>): boolean =>
  nginx.location !== null || nginx.stream !== null;

/** The port that nginx listens on for the pool, if any. */
export const streamPorts = (stream: string | null): number[] => (stream === null ? [] : [portOf(stream)]);

/** A pool that nginx's stream module serves, rather than its http module. */
export const isStream = ({ protocol }: Pick<Pool, 'protocol'>): boolean => protocol === 'tcp';
