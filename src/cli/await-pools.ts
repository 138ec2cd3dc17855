import { pause } from '../host/wait.ts';
import type { PoolStatus } from '../plan/status/report.ts';
import { askStatus } from './client.ts';

/** Longer than most workers take to start; a slow one goes on starting after install has ended. */
const START_TIMEOUT_MS = 15_000;
const POLL_INTERVAL_MS = 200;

/** When nginx rejected the configuration, a pool with healthy workers makes no further progress. */
const isSettled = (pool: PoolStatus, isNginxUpdated: boolean): boolean =>
  pool.state === 'ok' ||
  pool.state === 'stopped' ||
  pool.problems.length > 0 ||
  (!isNginxUpdated && pool.healthy >= pool.desired);

const summary = (p: PoolStatus): string =>
  [`${p.name}: ${p.healthy} of ${p.desired} healthy`, ...p.problems.map(problem => `  ${problem}`)].join(
    '\n',
  );

/** Waits until every pool serves or reports a problem, and prints a line for each. */
export async function awaitPools(isNginxUpdated: boolean): Promise<void> {
  const end = Date.now() + START_TIMEOUT_MS;
  let status = await askStatus();
  while (!status.pools.every(pool => isSettled(pool, isNginxUpdated)) && Date.now() < end) {
    await pause(POLL_INTERVAL_MS);
    status = await askStatus();
  }
  for (const pool of status.pools) console.log(summary(pool));
}
