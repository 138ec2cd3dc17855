import type { PoolStatus, Status } from '../plan/status.ts';
import { ask } from './client.ts';

/** Longer than most workers take to start; a slow one goes on starting without us, ms. */
const PATIENCE = 15_000;
const EVERY = 200;

/** Where the machine as a whole has a problem, such as no nginx, a pool gets no further than healthy. */
const isSettled = (pool: PoolStatus, { problems }: Status): boolean =>
  pool.state === 'ok' ||
  pool.state === 'stopped' ||
  pool.problems.length > 0 ||
  (problems.length > 0 && pool.healthy >= pool.desired);

const summary = (p: PoolStatus): string =>
  [`${p.name}: ${p.healthy} of ${p.desired} healthy`, ...p.problems.map(problem => `  ${problem}`)].join(
    '\n',
  );

/** Waits until every pool serves or says why not, and prints a line for each. */
export async function awaitPools(): Promise<void> {
  const end = Date.now() + PATIENCE;
  let status = JSON.parse(await ask('Status')) as Status;
  while (!status.pools.every(pool => isSettled(pool, status)) && Date.now() < end) {
    await new Promise(resolve => setTimeout(resolve, EVERY));
    status = JSON.parse(await ask('Status')) as Status;
  }
  for (const pool of status.pools) console.log(summary(pool));
}
