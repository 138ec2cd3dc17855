import type { InstalledPool } from '../../../src/model/installed.ts';
import { isRouted } from '../../../src/model/traits.ts';
import type { Knowledge } from './knowledge.ts';
import { expectedOf } from './settled.ts';

/** What `cgipool status` says of a pool, as far as the oracle knows it too. */
interface Told {
  name: string;
  state: string;
  desired: number;
  rollout: string;
  byHand: boolean;
  schedule: string | null;
  instances: readonly {
    slot: number;
    state: string;
    published: boolean;
    outdated: boolean;
    backup: boolean;
  }[];
}

/** What status says that is not so, where all is settled; null: it is right. */
export function untrueIn(
  known: Knowledge,
  installed: readonly InstalledPool[],
  told: readonly Told[],
): string | null {
  const found = installed.map(one => {
    const mine = told.find(({ name }) => name === one.pool.name);
    const [is, says] = mine ? [factsOf(known, one, mine), wordsOf(mine)] : ['', 'nothing'];
    return is === says ? null : `status says of ${one.pool.name}: ${says}, and it is: ${is}`;
  });
  return found.find(problem => problem !== null) ?? null;
}

const wordsOf = ({ state, rollout, byHand, schedule, instances }: Told): string =>
  [
    ...[state, rollout, byHand, schedule],
    ...instances.map(i => `${i.slot} ${i.state} ${i.published} ${i.outdated} ${i.backup}`),
  ].join(', ');

/** The same in truth. A number that the load leaves open is taken from what is told, if it may be. */
function factsOf(known: Knowledge, installed: InstalledPool, { desired }: Told): string {
  const { pool } = installed;
  const [group] = known.groups(installed);
  const { min, max } = group ? expectedOf(known, group) : { min: 0, max: 0 };
  const slots = [...known.truth.fake.workers.values()]
    .filter(({ unit }) => unit.pool === pool.name)
    .map(({ unit }) => unit.slot)
    .sort((a, b) => a - b);
  const isOn = known.truth.surroundings.scheduled.has(pool.name);
  return [
    desired < min || desired > max ? `${min} to ${max} are desired` : stateOf(known, pool.name, slots.length),
    ...['complete', known.orders.isByHand(pool.name), isOn ? (pool.schedules[0]?.name ?? null) : null],
    ...slots.map(slot => `${slot} healthy ${isRouted(pool)} false ${pool.nginx.backup.includes(slot)}`),
  ].join(', ');
}

function stateOf({ orders }: Knowledge, name: string, running: number): string {
  if (orders.isStopped(name)) return 'stopped';
  return running === 0 ? 'asleep' : 'ok';
}
