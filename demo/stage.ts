import type { PoolStatus } from '../src/plan/status/report.ts';
import type { Host } from '../tools/machine/host.ts';
import type { Transcript } from './transcript.ts';

/** What each step of the demo is given. */
export interface Stage {
  host: Host;
  transcript: Transcript;
  /** Traces of cgipool from before the first step. */
  before: readonly string[];
}

/** Throws when the steps after it could not work. */
export type Step = (stage: Stage) => Promise<void>;

/** The number of instances that are healthy and published. */
export const serving = ({ instances }: PoolStatus): number =>
  instances.filter(({ published, state }) => published && state === 'healthy').length;

/** Waits until just so many instances of a pool serve. */
export async function awaitServing(host: Host, pool: string, count: number, seconds = 15): Promise<true> {
  await host.until(pool, status => serving(status) === count, seconds);
  return true;
}

/** Returns the body of nginx's answer. */
export const get = (host: Host, path: string): Promise<string> =>
  host.run(`curl -s --max-time 40 'http://localhost${path}'`);
