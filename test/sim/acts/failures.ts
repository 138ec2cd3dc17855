import type { InstalledPool } from '../../../src/model/installed.ts';
import { socketPath, unitName } from '../../../src/model/names.ts';
import type { Pool } from '../../../src/model/pool.ts';
import type { Behaviour } from '../../plan/fake-worker.ts';
import { type Act, act, any, isFree, isProbed, liveOf, type Play, workersOf } from './act.ts';

const PROMPT_MS = 60_000;
/** A minute of health ends all back-off. */
const FORGOTTEN_MS = 70_000;
/** The longest back-off and its jitter, and a start. */
const BACKED_OFF_MS = 360_000;

/** The pool has instances, and each life of them fails from now on. */
async function fail(play: Play, installed: InstalledPool, how: Behaviour): Promise<void> {
  const { pool } = installed;
  play.regimes.set(pool.name, () => how);
  for (const each of play.fake.alive()) if (each.unit.pool === pool.name) each.die(play.fake.now);
  await play.lasts(play.random.between(200_000, 1_300_000));
  const status = play.controller.status().pools.find(({ name }) => name === pool.name);
  const isDown = liveOf(play, installed).length === 0;
  if (pool.nginx.location !== null && isDown !== (status?.state === 'down'))
    throw new Error(`${pool.name}: status calls it ${status?.state}`);
  if (status?.state === 'ok' || status?.problems.length === 0)
    throw new Error(`${pool.name} fails, and status calls it ${status?.state}: ${status?.problems}`);
  play.regimes.delete(pool.name);
}

const problemsOf = ({ controller }: Play, pool: string): string[] =>
  controller.status().pools.find(({ name }) => name === pool)?.problems ?? [];

/** Another slot can take over. */
const hasSpare = ({ slots, max, activated }: Pool): boolean => slots.length > max && !activated;

const isAwake = ({ min }: Pool): boolean => min > 0;
const isServed = (pool: Pool): boolean => isProbed(pool) && isAwake(pool);
const FAILING: readonly Behaviour[] = ['crashes', 'never-ready', 'missing', 'hangs'];

/** The instance is not in nginx any more. */
const isOut = (play: Play, installed: InstalledPool, slot: number) => (): boolean =>
  !liveOf(play, installed).includes(slot);

/** A worker hangs; returns when nginx does not send to it any more, or it is restarted. */
async function hangs(play: Play, installed: InstalledPool, how: 'hangs' | 'freezes'): Promise<void> {
  await play.lasts(FORGOTTEN_MS);
  const found = play.random.pick(workersOf(play, installed));
  if (!found) return;
  found.behaviour = how;
  const life = found.unit.invocation;
  const isGone = (): boolean => isOut(play, installed, found.unit.slot)() || found.unit.invocation !== life;
  await play.until(isGone, 8_000, 'it is taken out, or restarted');
}

export const FAILURES: readonly Act[] = [
  act('a worker dies', any, async (play, installed) => {
    play.random.pick(workersOf(play, installed))?.die(play.fake.now);
    await play.settles(8_000);
  }),
  act('a worker hangs', isServed, async (play, installed) => {
    await hangs(play, installed, play.random.pick(['hangs', 'freezes'] as const) ?? 'hangs');
    await play.settles(PROMPT_MS);
  }),
  act(
    'a worker hangs that does not stop',
    pool => isServed(pool) && hasSpare(pool),
    async (play, installed) => {
      const count = workersOf(play, installed).length;
      const answering = (): number =>
        workersOf(play, installed).filter(each => each.answers(play.fake.now)).length;
      await hangs(play, installed, 'hangs');
      await play.until(() => answering() >= count, 6_000, 'another takes over');
      await play.settles(PROMPT_MS);
    },
  ),
  act(
    'a worker hangs again and again',
    pool => isServed(pool) && hasSpare(pool),
    async (play, installed) => {
      await play.lasts(FORGOTTEN_MS);
      const slots = liveOf(play, installed);
      const bad = play.random.pick(slots) ?? 0;
      const isElsewhere = (): boolean => {
        const found = workersOf(play, installed).find(({ unit }) => unit.slot === bad);
        if (found?.answers(play.fake.now)) found.behaviour = 'freezes';
        return liveOf(play, installed).some(slot => !slots.includes(slot));
      };
      await play.until(isElsewhere, 60_000, 'another slot takes over');
      await play.settles(2 * PROMPT_MS);
    },
  ),
  act(
    'a worker that holds a request hangs',
    pool => isServed(pool) && isFree(pool),
    async (play, installed) => {
      const found = play.random.pick(workersOf(play, installed));
      if (!found || installed.pool.health.requestTimeout !== null) return;
      Object.assign(found, { behaviour: 'freezes', connections: 1, oldest: 1_000 });
      await play.lasts(15_000);
      if (found.unit.active !== 'active')
        throw new Error(`${installed.pool.name}: its request was not waited for`);
      Object.assign(found, { connections: 0, oldest: null });
      await play.settles(2 * PROMPT_MS);
    },
  ),
  act('a worker is busy', isServed, async (play, installed) => {
    const found = play.random.pick(workersOf(play, installed));
    if (!found) return;
    const life = found.unit.invocation;
    found.behaviour = 'overloaded';
    await play.holds(() => found.unit.invocation === life, 30_000, 'it works on');
    found.behaviour = 'well';
    await play.settles(240_000);
  }),
  act(
    'most hang together',
    pool => isServed(pool) && pool.min > 2,
    async (play, installed) => {
      const { name, nginx } = installed.pool;
      const all = workersOf(play, installed);
      play.regimes.set(name, () => 'freezes');
      for (const each of all) each.behaviour = 'freezes';
      await play.lasts(15_000);
      const isOut = (): boolean => {
        const count = liveOf(play, installed).length;
        return nginx.backup.length > 0 ? count === 0 : count >= all.length - 1;
      };
      await play.until(isOut, 5_000, 'nginx sends to all, or to backups');
      if (problemsOf(play, name).length === 0) throw new Error(`${name}: the outage is no problem`);
      const before = play.fake.starts.length;
      const restarts = (): number =>
        play.fake.starts.slice(before).filter(({ key }) => key.startsWith(`${name}@`)).length;
      await play.holds(() => isOut() && restarts() < 5, 60_000, 'hardly any is restarted');
      await play.until(() => restarts() > 0, 90_000, 'one is restarted on trial');
      play.regimes.delete(name);
      for (const each of workersOf(play, installed)) each.behaviour = 'well';
      await play.settles(BACKED_OFF_MS);
    },
  ),
  act('all that start fail, until that ends', isAwake, async (play, installed) => {
    await fail(
      play,
      installed,
      play.random.pick(isProbed(installed.pool) ? FAILING : ['crashes', 'missing']) ?? 'crashes',
    );
    await play.settles(BACKED_OFF_MS + PROMPT_MS);
  }),
  act('all that start fail, until a new revision', isAwake, async (play, installed) => {
    await fail(play, installed, play.random.pick(['crashes', 'missing']) ?? 'crashes');
    installed.revision = play.fake.now;
    await play.settles(PROMPT_MS);
  }),
  act('all that start fail, until a restart', isAwake, async (play, installed) => {
    const { name } = installed.pool;
    await fail(play, installed, 'missing');
    const kind = play.random.pick(['restart', 'start'] as const) ?? 'start';
    play.controller.order({ kind, pool: name });
    await play.settles(PROMPT_MS);
  }),
  act(
    'a new revision fails',
    pool => isServed(pool) && pool.slots.length > pool.max,
    async (play, installed) => {
      const { name } = installed.pool;
      const before = liveOf(play, installed).join();
      play.regimes.set(name, () => 'crashes');
      installed.revision = play.fake.now;
      await play.holds(() => liveOf(play, installed).join() === before, 120_000, 'the old ones serve on');
      const rollout = play.controller.status().pools.find(p => p.name === name)?.rollout;
      if (rollout !== 'halted') throw new Error(`${name}: the rollout is ${rollout}`);
      play.regimes.delete(name);
      installed.revision = play.fake.now;
      await play.settles(300_000);
    },
  ),
  act('workers keep dying', isServed, async (play, installed) => {
    const { name } = installed.pool;
    play.regimes.set(name, () => 'crashes-late');
    for (const each of workersOf(play, installed)) each.die(play.fake.now);
    await play.lasts(90_000);
    if (problemsOf(play, name).length === 0)
      throw new Error(`${name}: workers that keep dying are no problem`);
    play.regimes.delete(name);
    await play.settles(2 * BACKED_OFF_MS);
  }),
  act('nginx refuses its configuration', isProbed, async (play, installed) => {
    play.fake.nginx.fate = () => play.random.pick(['fails', 'dies'] as const) ?? 'fails';
    const { name } = installed.pool;
    const count = installed.pool.slots.length - installed.pool.nginx.backup.length;
    play.controller.order({ kind: 'scale', pool: name, range: { min: count, max: count } });
    const before = play.publishes();
    await play.lasts(120_000);
    if (play.publishes() - before > 30)
      throw new Error(`${play.publishes() - before} attempts in two minutes`);
    play.fake.nginx.fate = () => 'arrives';
    await play.settles(30_000);
    play.controller.order({ kind: 'scale', pool: name, range: null });
    await play.lasts(1_000);
    await play.settles(240_000);
  }),
  act(
    'a unit that the pool requires is stopped, and fails',
    ({ unit }) => unit.length > 0,
    async (play, installed) => {
      const { name, unit } = installed.pool;
      const [{ value = '' } = {}] = unit;
      for (const state of ['down', 'failed'] as const) {
        play.surroundings.needs.set(value, state);
        for (const each of workersOf(play, installed)) each.stop(play.fake.now);
        await play.lasts(40_000);
        if (problemsOf(play, name).length === 0)
          throw new Error(`${name}: ${value} is ${state}, which is no problem`);
        play.surroundings.needs.set(value, 'up');
        await play.settles(BACKED_OFF_MS);
      }
    },
  ),
  act('systemd refuses a unit', isAwake, async (play, installed) => {
    const { pool } = installed;
    await play.lasts(FORGOTTEN_MS);
    const [first] = workersOf(play, installed);
    if (!first || pool.slots.length <= pool.max) return;
    play.surroundings.masked.add(unitName(pool.name, first.unit.slot));
    first.stop(play.fake.now);
    await play.lasts(1_000);
    await play.settles(15_000);
    play.surroundings.masked.clear();
  }),
  act(
    'another program takes the port of an instance',
    pool => isServed(pool) && pool.listen === 'tcp' && !pool.activated,
    async (play, installed) => {
      const { name } = installed.pool;
      const slot = play.random.pick(liveOf(play, installed)) ?? 0;
      play.surroundings.strangers.set(unitName(name, slot), 'mallory');
      await play.until(isOut(play, installed, slot), 6_000, 'nginx sends nothing there');
      await play.holds(isOut(play, installed, slot), 30_000, 'nginx sends nothing there');
      play.surroundings.strangers.clear();
      await play.settles(PROMPT_MS);
    },
  ),
  act(
    'a socket file is removed',
    ({ listen }) => listen === 'unix',
    async (play, installed) => {
      const slot = play.random.pick(liveOf(play, installed)) ?? 0;
      play.removeSocket({ pool: installed.pool.name, slot });
      await play.until(isOut(play, installed, slot), 6_000, `nginx does not send to ${socketPath('', slot)}`);
      await play.settles(PROMPT_MS);
    },
  ),
];
