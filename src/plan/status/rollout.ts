import { desired } from '../view/desired.ts';
import { healthy, members } from '../view/members.ts';
import type { View } from '../view/pass.ts';
import { attainable } from '../view/slots.ts';
import { isOld } from '../view/stale.ts';
import type { PoolStatus } from './report.ts';

/** From the second failure on the pool backs off: see learn/failures.ts. */
const isBackingOff = ({ memory }: View): boolean => memory.failures.count > 1;

/** Whether a rollout has replaced all old instances: by as many healthy ones as desired. */
export function rolloutOf(pass: View): PoolStatus['rollout'] {
  const wanted = desired(pass);
  const list = members(pass);
  const current = healthy(list).filter(member => !isOld(pass, member)).length;
  if (wanted === 0) return 'complete';
  if (current >= wanted) return list.some(member => isOld(pass, member)) ? 'progressing' : 'complete';
  // no instance of it comes up, or other programs have the slots of those that are missing
  const isHalted =
    (current === 0 && isBackingOff(pass)) || (attainable(pass) < wanted && current >= attainable(pass));
  return isHalted ? 'halted' : 'progressing';
}

/** From the best to the worst. */
const ORDER: readonly PoolStatus['rollout'][] = ['complete', 'progressing', 'halted'];

/** The rollout of a pool, of those of its tiers. */
export const worstOf = (all: readonly PoolStatus['rollout'][]): PoolStatus['rollout'] =>
  ORDER[Math.max(...all.map(one => ORDER.indexOf(one)))] ?? 'complete';
