import { isAlive, isQueued, type Unit } from '../../model/observed.ts';
import type { InstanceMemory } from '../state/instance.ts';
import type { View } from './pass.ts';

/** An instance that runs, or is about to, and does not drain. */
export interface Member {
  slot: number;
  unit: Unit;
  memory: Readonly<InstanceMemory>;
}

/** The instances that count towards the desired number. */
export function members(view: View): Member[] {
  const found: Member[] = [];
  for (const [slot, unit] of view.units) {
    const memory = view.memory.instances[slot];
    if (memory && !memory.drain && (isAlive(unit) || isQueued(unit))) found.push({ slot, unit, memory });
  }
  return found;
}

export const isHealthy = ({ memory }: Member): boolean => memory.phase === 'healthy';

export const healthy = (list: readonly Member[]): Member[] => list.filter(isHealthy);
