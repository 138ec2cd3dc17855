import { isAlive, isQueued, type Unit } from '../../model/observed.ts';
import type { InstanceMemory } from '../state/instance.ts';
import type { View } from './pass.ts';

/** An instance that runs, or is about to, and does not drain. */
export interface Member {
  slot: number;
  unit: Unit;
  memory: Readonly<InstanceMemory>;
}

/** For so long a worker that died may leave processes behind before systemd restarts it, ms. */
const DEATH_MS = 1_000;

/** It ends, and nobody stops it: systemd kills what its main process has left, and restarts it. */
const isDying = ({ now }: View, { active, job }: Unit, { since }: { since: number }): boolean =>
  active === 'deactivating' && !job && now - since < DEATH_MS;

/** The instances that count towards the desired number. */
export function members(view: View): Member[] {
  const found: Member[] = [];
  for (const [slot, unit] of view.units) {
    const memory = view.memory.instances[slot];
    if (!memory || memory.drain) continue;
    if (isAlive(unit) || isQueued(unit) || isDying(view, unit, memory)) found.push({ slot, unit, memory });
  }
  return found;
}

export const isHealthy = ({ memory }: Member): boolean => memory.phase === 'healthy';

/** The instances that receive requests: the healthy ones, and during an outage all that nginx still sends to. */
export const serving = (view: View): Member[] =>
  members(view).filter(member => isHealthy(member) || view.live.has(member.slot));

export const healthy = (list: readonly Member[]): Member[] => list.filter(isHealthy);
