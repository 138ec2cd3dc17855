import type { InstalledPool } from '../../../src/model/installed.ts';
import type { Pool } from '../../../src/model/pool.ts';
import { type Act, act, amountFor, any, isFree, liveOf, type Play, servingOf, workersOf } from './act.ts';

const PROMPT_MS = 60_000;
const ROLLOUT_MS = 300_000;

/** Instances that hold a request to the end. */
function hold(play: Play, installed: InstalledPool): void {
  for (const each of workersOf(play, installed)) each.connections = 1;
}

/** No rule for it needs a sample at every pass. */
const isQuiet = (pool: Pool): boolean =>
  isFree(pool) && pool.nginx.weight === 'equal' && pool.health.requestTimeout === null;

export const ORDERS: readonly Act[] = [
  act('cgipool restart', any, async (play, { pool }) => {
    play.controller.order({ kind: 'restart', pool: pool.name });
    await play.lasts(1_000);
    await play.settles(ROLLOUT_MS);
  }),
  act('cgipool install of another revision', any, async (play, installed) => {
    installed.revision = play.fake.now;
    await play.settles(ROLLOUT_MS);
  }),
  act('cgipool stop, and start', any, async (play, { pool }) => {
    play.controller.order({ kind: 'stop', pool: pool.name });
    await play.lasts(1_000);
    await play.settles(PROMPT_MS);
    play.fake.request(pool.name);
    await play.lasts(20_000);
    await play.settles(0);
    play.controller.order({ kind: 'start', pool: pool.name });
    await play.lasts(1_000);
    await play.settles(PROMPT_MS);
  }),
  act('cgipool scale', any, async (play, { pool }) => {
    // backups do not count, whatever is ordered
    const count = play.random.between(1, pool.slots.length);
    play.controller.order({ kind: 'scale', pool: pool.name, range: { min: count, max: count } });
    await play.lasts(1_000);
    await play.settles(PROMPT_MS);
    await play.lasts(20_000);
    play.controller.order({ kind: 'scale', pool: pool.name, range: null });
    await play.lasts(1_000);
    await play.settles(240_000);
  }),
  act(
    'cgipool scale while the autoscaling timer is stopped',
    ({ min, max }) => max > min,
    async (play, { pool }) => {
      play.load.amounts.set(pool.name, amountFor(pool, pool.max));
      await play.settles(PROMPT_MS);
      play.hasTimer = false;
      play.load.amounts.delete(pool.name);
      for (const count of [1, pool.slots.length, 1]) {
        play.controller.order({ kind: 'scale', pool: pool.name, range: { min: count, max: count } });
        await play.lasts(1_000);
        await play.settles(PROMPT_MS);
      }
      play.hasTimer = true;
      play.controller.order({ kind: 'scale', pool: pool.name, range: null });
      await play.lasts(1_000);
      await play.settles(240_000);
    },
  ),
  act('requests in flight end first', isFree, async (play, installed) => {
    const { name } = installed.pool;
    const before = workersOf(play, installed).length;
    hold(play, installed);
    play.controller.order({ kind: 'stop', pool: name });
    await play.until(() => servingOf(play, installed).length === 0, 10_000, 'nginx sends to none');
    await play.holds(() => workersOf(play, installed).length === before, 15_000, 'they run on');
    await play.settles(PROMPT_MS);
    play.controller.order({ kind: 'start', pool: name });
    await play.lasts(1_000);
    await play.settles(PROMPT_MS);
  }),
  act('a stop is called off', isFree, async (play, installed) => {
    const { name } = installed.pool;
    const lives = workersOf(play, installed).map(({ unit }) => unit.invocation);
    hold(play, installed);
    play.controller.order({ kind: 'stop', pool: name });
    await play.lasts(5_000);
    play.controller.order({ kind: 'start', pool: name });
    await play.lasts(1_000);
    await play.settles(PROMPT_MS);
    for (const each of workersOf(play, installed)) each.connections = 0;
    const kept = workersOf(play, installed).filter(({ unit }) => lives.includes(unit.invocation)).length;
    if (kept < Math.min(lives.length, installed.pool.min))
      throw new Error(`${name}: ${kept} of ${lives.length} were kept`);
  }),
  act('a pool is removed, and comes back', any, async (play, installed) => {
    const all = play.installed.pools;
    play.installed = { pools: all.filter(one => one !== installed) };
    await play.settles(PROMPT_MS);
    play.installed = { pools: all };
    await play.settles(PROMPT_MS);
  }),
  act('it is the only pool', isQuiet, async (play, installed) => {
    const all = play.installed.pools;
    play.installed = { pools: [installed] };
    await play.settles(PROMPT_MS);
    await play.lasts(20_000);
    play.installed = { pools: all };
    await play.settles(PROMPT_MS);
  }),
  act(
    'other ports',
    ({ activated, nginx }) => !activated && nginx.backup.length === 0,
    async (play, installed) => {
      const { pool } = installed;
      const old = pool.slots;
      installed.pool = { ...pool, slots: old.map(slot => slot + 30) };
      installed.retired = old;
      const least = liveOf(play, installed).length;
      await play.holds(() => liveOf(play, installed).length >= least, 20_000, 'as many serve');
      await play.settles(ROLLOUT_MS);
      Object.assign(installed, { pool, retired: installed.pool.slots });
      await play.settles(ROLLOUT_MS);
      installed.retired = [];
    },
  ),
  act('an instance is started by hand', any, async (play, { pool }) => {
    const idle = pool.slots.filter(slot => !play.fake.workers.has(`${pool.name}@${slot}`));
    play.fake.start(pool.name, play.random.pick([...idle, 9_999]) ?? 9_999);
    await play.lasts(2_000);
    await play.settles(PROMPT_MS);
  }),
  act(
    'a schedule',
    ({ schedules }) => schedules.length > 0,
    async (play, { pool }) => {
      play.surroundings.scheduled.add(pool.name);
      await play.settles(PROMPT_MS);
      await play.lasts(20_000);
      play.surroundings.scheduled.delete(pool.name);
      await play.settles(240_000);
    },
  ),
  act('the controller restarts without its memory', any, async (play, installed) => {
    const before = liveOf(play, installed).join();
    play.controller.kill(true);
    await play.holds(() => liveOf(play, installed).join() === before, 20_000, 'all serve on');
    await play.settles(PROMPT_MS);
  }),
];
