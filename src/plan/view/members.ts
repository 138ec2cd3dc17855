import { isAlive, isQueued, type Unit } from '../../model/observed.ts';
import type { InstanceMemory } from '../state/instance.ts';
import type { View } from './pass.ts';

/** An instance that systemd keeps alive, or is about to start, and that is not on its way out. */
export interface Member {
  slot: number;
  unit: Unit;
  memory: Readonly<InstanceMemory>;
}

/** Instances that count towards the desired number. */
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
