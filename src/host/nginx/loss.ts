import type { RequestStats } from '../../scale/signals.ts';

/** Datagrams since the last reading: those that arrived, nginx's or not, and those that the kernel dropped. */
export interface Loss {
  received: number;
  lost: number;
}

/**
 * Statistics with the share that lost lines had in them. Lost ones are taken to be nginx's in the same share as those that
 * arrived, so that nobody inflates the counts by a flood. Null: all were lost, and nothing is known.
 */
export function correctFor(
  stats: ReadonlyMap<string, RequestStats>,
  { received, lost }: Loss,
): ReadonlyMap<string, RequestStats> | null {
  if (lost === 0) return stats;
  if (received === 0) return null;
  const whole = (count: number): number => Math.round((count * (received + lost)) / received);
  return new Map(
    [...stats].map(([endpoint, { count, errors, latencies }]) => [
      endpoint,
      { count: whole(count), errors: whole(errors), latencies },
    ]),
  );
}
