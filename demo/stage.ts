import type { PoolStatus } from '../src/plan/status/report.ts';
import type { Host } from '../tools/machine/host.ts';
import type { Transcript } from './transcript.ts';

/** What a step of the demo has: where it happens, and where it tells of it. */
export interface Stage {
  host: Host;
  transcript: Transcript;
  /** What there was of cgipool before the first step. */
  before: readonly string[];
}

/** Throws when what comes after it could not work. */
export type Step = (stage: Stage) => Promise<void>;

/** How many instances are healthy, and nginx sends to them. */
export const serving = ({ instances }: PoolStatus): number =>
  instances.filter(({ published, state }) => published && state === 'healthy').length;

/** Awaits so many of a pool; it may be more than it should be for a moment. */
export async function awaitServing(host: Host, pool: string, count: number, seconds = 15): Promise<true> {
  await host.until(pool, status => serving(status) === count, seconds);
  return true;
}

/** The body that nginx answers with; a worker that hangs holds a request for less than the 40 s. */
export const get = (host: Host, path: string): Promise<string> =>
  host.run(`curl -s --max-time 40 'http://localhost${path}'`);
