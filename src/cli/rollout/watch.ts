import { pause } from '../../host/clock.ts';
import type { PoolStatus, Status } from '../../plan/status/report.ts';
import { askStatus } from '../client.ts';
import { Failure } from '../failure.ts';
import { type Goal, report, type Verdict } from './verdict.ts';

const POLL_INTERVAL_MS = 200;
/** A controller that is just being restarted answers in a moment; one that does not has a problem, ms. */
const MAX_SILENCE_MS = 15_000;

/** Another pool may be about to leave a port, ms. */
const DOWN_AFTER_MS = 2_000;

/** What to wait for. */
export interface Wish {
  goal: Goal;
  /** By pool: for how long at most, ms. */
  bounds: ReadonlyMap<string, number>;
  /** Only a status that goes by this record of an install counts, ISO 8601; null: any does. */
  installedAt: string | null;
}

/** How a pool ended. */
export interface Ending {
  pool: PoolStatus;
  verdict: Verdict;
  /** How long was waited for it at most, ms. */
  bound: number;
}

/** Another attempt on another slot, and the time to the next one, are no change of state. */
const gist = (lines: readonly string[]): string =>
  lines.join('\n').replace(/; next attempt in \d+ s|\bslot \d+/g, '');

/** Prints a pool's lines whenever its state has changed. */
class Progress {
  readonly #last = new Map<string, string>();

  print(pool: PoolStatus): void {
    const lines = report(pool);
    if (this.#last.get(pool.name) === gist(lines)) return;
    this.#last.set(pool.name, gist(lines));
    console.log(lines.join('\n'));
  }
}

/** Takes pools for down once they have been so for a while. */
class Patience {
  readonly #downSince = new Map<string, number>();

  judge(pool: PoolStatus, goal: Goal): Verdict {
    const verdict = goal(pool);
    if (verdict !== 'down') this.#downSince.delete(pool.name);
    else if (!this.#downSince.has(pool.name)) this.#downSince.set(pool.name, performance.now());
    const since = this.#downSince.get(pool.name);
    return since !== undefined && performance.now() - since < DOWN_AFTER_MS ? 'waiting' : verdict;
  }
}

function endingsOf({ pools }: Status, { goal, bounds }: Wish, patience: Patience): Ending[] {
  const awaited = pools.filter(({ name }) => bounds.has(name));
  return awaited.map(pool => ({
    pool,
    verdict: patience.judge(pool, goal),
    bound: bounds.get(pool.name) ?? 0,
  }));
}

const isCurrent = (status: Status, { installedAt }: Wish): boolean =>
  installedAt === null || status.installedAt === installedAt;

/** The next status that counts. Throws Failure if the controller gives none for long. */
async function nextStatus(wish: Wish): Promise<Status> {
  const end = performance.now() + MAX_SILENCE_MS;
  for (;;) {
    const status = await askStatus().catch((failure: Failure) => failure);
    if (!(status instanceof Error) && isCurrent(status, wish)) return status;
    if (performance.now() > end)
      throw status instanceof Error
        ? status
        : new Failure('the controller does not take up what was installed: see journalctl -u cgipool');
    await pause(POLL_INTERVAL_MS);
  }
}

/** Waits until each pool is as wished, or cannot be expected to be, or its time is up; prints each change of state meanwhile. */
export async function watch(wish: Wish): Promise<{ status: Status; endings: Ending[] }> {
  const [began, progress, patience] = [performance.now(), new Progress(), new Patience()];
  for (;;) {
    const status = await nextStatus(wish);
    const endings = endingsOf(status, wish, patience);
    for (const { pool } of endings) progress.print(pool);
    const waited = performance.now() - began;
    if (endings.every(({ verdict, bound }) => verdict !== 'waiting' || waited > bound))
      return { status, endings };
    await pause(POLL_INTERVAL_MS);
  }
}

const awaitedOf = ({ instances }: PoolStatus): string =>
  instances.map(({ slot, state, outdated }) => `${slot} is ${state}${outdated ? ' (old)' : ''}`).join(', ') ||
  'no instance runs';

function reasonOf({ pool, verdict, bound }: Ending, whatOf: (pool: string) => string): string {
  const { name, problems } = pool;
  const what = whatOf(name);
  const why = problems.join('; ');
  if (verdict === 'down') return `${name} ${what}: ${why || `see cgipool status ${name}`}`;
  const late = `${name} ${what} within ${Math.round(bound / 1000)} s: ${awaitedOf(pool)}`;
  return `${late}${why === '' ? '' : `; ${why}`}; see cgipool status ${name}`;
}

/** Why pools are not as wished; null if all are. `whatOf` a pool: did not come up. */
export function failureOf(endings: readonly Ending[], whatOf: (pool: string) => string): string | null {
  const failed = endings.filter(({ verdict }) => verdict !== 'up');
  return failed.length > 0 ? failed.map(ending => reasonOf(ending, whatOf)).join('\n') : null;
}
