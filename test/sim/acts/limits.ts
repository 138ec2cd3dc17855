import type { InstalledPool } from '../../../src/model/installed.ts';
import type { Pool } from '../../../src/model/pool.ts';
import { type Act, act, isProbed, type Play, servingOf, workersOf } from './act.ts';

const isAwake = (pool: Pool): boolean => isProbed(pool) && pool.min > 0;
const NONE = { maxAge: null, maxMemory: null, maxRequests: null };

/** Runs with a limit at which instances are replaced. */
async function withLimit(
  play: Play,
  installed: InstalledPool,
  limit: Partial<Pool['recycling']>,
  body: () => Promise<void>,
): Promise<void> {
  installed.pool = { ...installed.pool, recycling: { ...NONE, ...limit } };
  await body();
  installed.pool = { ...installed.pool, recycling: NONE };
  for (const each of workersOf(play, installed)) Object.assign(each, { memory: 0, requests: 0 });
  await play.settles(240_000);
}

export const LIMITS: readonly Act[] = [
  act('instances reach an age', isAwake, async (play, installed) => {
    const maxAge = 100_000;
    await withLimit(play, installed, { maxAge }, async () => {
      await play.lasts(2.5 * maxAge);
      const oldest = Math.min(...workersOf(play, installed).map(({ unit }) => unit.startedAt));
      const age = play.fake.now - oldest;
      if (age > 1.1 * maxAge + 60_000) throw new Error(`${installed.pool.name}: one is ${age} ms old`);
      const started = workersOf(play, installed).filter(
        ({ unit }) => play.fake.now - unit.startedAt > 95_000,
      );
      if (age < 10_000 && started.length === 0)
        throw new Error(`${installed.pool.name}: all are replaced too soon`);
    });
  }),
  act('an instance uses too much memory', isAwake, async (play, installed) => {
    await withLimit(play, installed, { maxMemory: 1_000_000 }, async () => {
      const found = play.random.pick(workersOf(play, installed));
      if (!found) return;
      found.memory = 2_000_000;
      const { invocation } = found.unit;
      const isThere = (): boolean =>
        workersOf(play, installed).some(({ unit }) => unit.invocation === invocation);
      await play.until(() => !isThere(), 60_000, 'it is replaced');
      await play.settles(60_000);
    });
  }),
  act('all instances always use too much memory', isAwake, async (play, installed) => {
    const before = play.fake.starts.length;
    await withLimit(play, installed, { maxMemory: 0 }, async () => {
      const grow = (): boolean => {
        for (const each of workersOf(play, installed)) each.memory = 1;
        return true;
      };
      await play.holds(grow, 240_000, '');
      const starts = play.fake.starts
        .slice(before)
        .filter(({ key }) => key.startsWith(`${installed.pool.name}@`));
      if (starts.length > 14)
        throw new Error(`${installed.pool.name}: ${starts.length} starts in four minutes`);
      if (starts.length < 3)
        throw new Error(`${installed.pool.name}: ${starts.length} starts in four minutes`);
    });
  }),
  act('an instance has served enough requests', isAwake, async (play, installed) => {
    await withLimit(play, installed, { maxRequests: 1_000 }, async () => {
      const [found, ...others] = workersOf(play, installed);
      if (!found || others.length === 0) return;
      const [mine, theirs] = [found.unit.invocation, others.map(({ unit }) => unit.invocation)];
      const has = (life: string): boolean =>
        workersOf(play, installed).some(({ unit }) => unit.invocation === life);
      found.requests = 100;
      await play.until(() => !has(mine), 90_000, 'it is replaced');
      if (!theirs.every(has)) throw new Error(`${installed.pool.name}: others are replaced too`);
    });
  }),
  act(
    'an instance holds a request for too long',
    ({ health }) => health.requestTimeout !== null,
    async (play, installed) => {
      play.load.amounts.set(installed.pool.name, 1);
      await play.settles(120_000);
      // what holds no connection holds no request
      const found = play.random.pick(workersOf(play, installed).filter(worker => worker.connections > 0));
      if (!found) return;
      const { invocation } = found.unit;
      found.oldest = 15_000;
      await play.holds(() => found.unit.invocation === invocation, 10_000, 'it may');
      found.oldest = 25_000;
      const isOut = (): boolean =>
        !servingOf(play, installed).includes(found.unit.slot) || found.unit.invocation !== invocation;
      await play.until(isOut, 8_000, 'it is replaced');
      play.load.amounts.delete(installed.pool.name);
      await play.settles(120_000);
    },
  ),
];
