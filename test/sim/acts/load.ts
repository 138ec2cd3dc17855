import type { InstalledPool } from '../../../src/model/installed.ts';
import type { Pool } from '../../../src/model/pool.ts';
import { POOLS } from '../pools.ts';
import { type Act, act, amountFor, type Play, servingOf, withLoad, workersOf } from './act.ts';

const isScaled = ({ min, max }: Pool): boolean => max > min;
/** What its instances do is measured on them. */
const isSampled = ({ scale }: Pool): boolean => scale.requests === null && scale.latency === null;

/** Without Window=, less the time between ticks, ms. */
const KEPT_MS = 45_000;

/** StepUp=2: it takes another tick for more. */
async function growsBySteps(play: Play, installed: InstalledPool, before: number): Promise<void> {
  const count = (): number => workersOf(play, installed).length;
  await play.until(() => count() > before, 30_000, 'it grows');
  await play.holds(() => count() <= before + 2, 3_000, 'it grows by two at a time');
}

/** Grows at once, and shrinks after Window=. */
async function risesAndFalls(play: Play, installed: InstalledPool): Promise<void> {
  const { pool } = installed;
  const [low, high] = [Math.max(1, pool.min), play.random.between(Math.max(1, pool.min) + 1, pool.max)];
  play.load.amounts.set(pool.name, amountFor(pool, low));
  await play.settles(120_000);
  const before = servingOf(play, installed).length;
  play.load.amounts.set(pool.name, amountFor(pool, high));
  if (pool.scale.stepUp) await growsBySteps(play, installed, before);
  await play.settles(90_000);
  await play.lasts(20_000);
  const count = servingOf(play, installed).length;
  // latency calls for fewer only far below its target
  const share = pool.scale.latency ? 0.3 : 1;
  play.load.amounts.set(pool.name, share * amountFor(pool, low));
  await play.holds(() => servingOf(play, installed).length >= count, KEPT_MS, 'the pool stays as it is');
  await play.settles(240_000);
  play.load.amounts.delete(pool.name);
  await play.settles(240_000);
}

export const LOAD: readonly Act[] = [
  ...POOLS.filter(isScaled).map(({ name }) =>
    act(`the load of ${name} rises, and falls again`, pool => pool.name === name, risesAndFalls),
  ),
  act('a load for more than the pool may have', isScaled, async (play, installed) => {
    const { pool } = installed;
    await withLoad(play, installed, pool.max + 3, () => play.lasts(20_000));
  }),
  act(
    'a burst',
    ({ scale, ...pool }) => scale.cpu !== null && isScaled(pool as Pool),
    async (play, installed) => {
      const { pool } = installed;
      const least = servingOf(play, installed).length;
      play.load.amounts.set(pool.name, 0.99 * least);
      await play.until(() => workersOf(play, installed).length > least, 25_000, 'the pool grows');
      play.load.amounts.delete(pool.name);
      await play.settles(300_000);
    },
  ),
  act(
    'nothing is known of the load',
    pool => isScaled(pool) && isSampled(pool),
    async (play, installed) => {
      const { pool } = installed;
      await withLoad(play, installed, pool.max, async () => {
        const count = servingOf(play, installed).length;
        play.load.amounts.delete(pool.name);
        play.load.unknown.add(pool.name);
        await play.holds(() => servingOf(play, installed).length === count, 100_000, 'the number stays');
        play.load.unknown.delete(pool.name);
      });
    },
  ),
  act('the machine has no memory left', isScaled, async (play, installed) => {
    const { pool } = installed;
    const amount = play.load.amount(pool.name);
    if (pool.min === 0) return;
    const count = servingOf(play, installed).length;
    play.surroundings.ceiling = 'there is no memory left';
    play.load.amounts.set(pool.name, amountFor(pool, pool.max));
    await play.holds(() => servingOf(play, installed).length <= count, 40_000, 'the pool does not grow');
    play.surroundings.ceiling = null;
    await play.settles(120_000);
    play.load.amounts.set(pool.name, amount);
    await play.settles(300_000);
  }),
  act(
    'a request wakes the pool',
    ({ min }) => min === 0,
    async (play, installed) => {
      const { name, scale } = installed.pool;
      play.fake.request(name);
      await play.until(() => play.fake.wakeSockets.get(name)?.hasRequest === false, 6_000, 'it is answered');
      const isAwake = (): boolean => servingOf(play, installed).length > 0;
      await play.until(isAwake, 6_000, 'nginx sends to an instance');
      await play.holds(isAwake, scale.idleTimeout - 8_000, 'it stays awake');
      await play.settles(90_000);
    },
  ),
  act(
    'nginx does not report requests',
    ({ min }) => min === 0,
    async (play, installed) => {
      const { pool } = installed;
      await withLoad(play, installed, 2, async () => {
        play.load.slow.add(pool.name);
        play.load.unreported.add(pool.name);
        const isAwake = (): boolean => servingOf(play, installed).length > 0;
        await play.holds(isAwake, 200_000, 'it stays awake');
        play.load.unreported.delete(pool.name);
        await play.lasts(200_000);
      });
    },
  ),
  act(
    'more CPU time is left to some',
    ({ nginx }) => nginx.weight === 'auto',
    async (play, { pool }) => {
      play.load.amounts.set(pool.name, 1);
      await play.settles(100_000);
      await play.lasts(60_000);
      play.load.amounts.delete(pool.name);
      await play.settles(200_000);
    },
  ),
];
