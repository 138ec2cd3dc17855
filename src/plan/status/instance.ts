import { endpoint, unitName } from '../../model/names.ts';
import { isPausing, type Unit } from '../../model/observed.ts';
import { isRouted } from '../../model/traits.ts';
import { ending } from '../learn/exit-reason.ts';
import type { View } from '../view/pass.ts';
import { isOld, isStale } from '../view/stale.ts';
import { stepOf } from '../view/steps.ts';
import type { World } from '../world.ts';
import type { InstanceState, InstanceStatus } from './report.ts';

/** `at`: ms of the monotonic clock; 0: never. */
const iso = (at: number, { epoch }: World): string | null =>
  at > 0 ? new Date(at + epoch).toISOString() : null;

const round = (n: number | null): number | null => (n === null ? null : Math.round(n * 1000) / 1000);

function stateOf(pass: View, unit: Unit): InstanceState {
  const memory = pass.memory.instances[unit.slot];
  if (unit.active === 'failed') return 'backing-off';
  if (memory?.drain) return 'draining';
  if (isPausing(unit)) return 'backing-off';
  if (memory?.phase === 'restarting') return 'restarting';
  if (unit.active === 'deactivating' || unit.active === 'inactive') return 'stopping';
  return memory?.phase ?? 'starting';
}

/** The step of a start, and how the life before ended. */
function stepWords(unit: Unit): string | null {
  const step = stepOf(unit);
  return isPausing(unit) ? `${ending(unit)}; ${step}` : step;
}

const detailOf = (pass: View, unit: Unit): string =>
  pass.memory.instances[unit.slot]?.drain?.reason ??
  stepWords(unit) ??
  pass.memory.instances[unit.slot]?.detail ??
  pass.memory.slotFailures[unit.slot]?.message ??
  '';

export function instanceStatus(pass: View, unit: Unit): InstanceStatus {
  const { pool } = pass;
  const sample = pass.samples.get(unit.slot);
  return {
    slot: unit.slot,
    unit: unitName(pool.name, unit.slot),
    endpoint: endpoint(pool, unit.slot),
    state: stateOf(pass, unit),
    pid: unit.pid,
    startedAt: iso(unit.pid > 0 ? unit.startedAt : 0, pass.world),
    restarts: unit.restarts,
    published: pass.live.has(unit.slot),
    backup: pass.backup,
    weight: pass.memory.weighing.weights[unit.slot] ?? null,
    outdated: isOld(pass, { unit }),
    stale: isStale(pass, { unit }),
    cpu: round(sample?.cpu ?? null),
    connections: sample?.open ?? null,
    detail: detailOf(pass, unit),
  };
}

/** One that is to be replaced answers for as long as nginx sends to it. */
const isWell = ({ memory }: View, { slot, state }: InstanceStatus): boolean =>
  state === 'healthy' || (state === 'draining' && memory.instances[slot]?.phase === 'healthy');

/** Well, and if the pool has a route, nginx sends to it. */
export const isServing = (pass: View, i: InstanceStatus): boolean =>
  isWell(pass, i) && (i.published || !isRouted(pass.pool));
