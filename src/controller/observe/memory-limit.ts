import type { HostMemory } from '../../host/kernel/memory.ts';
import type { Site } from '../../model/site.ts';

const percent = (share: number): string => `${Math.round(share * 1000) / 10}%`;

/** Why the machine has no memory for more instances; null if it has, or if that is unknown. */
export function ceiling({ machine }: Site, { available, pressure }: HostMemory): string | null {
  if (available !== null && available < machine.minAvailable)
    return `the machine: ${percent(available)} of its memory is available (MinAvailable=${percent(machine.minAvailable)})`;
  if (pressure !== null && pressure > machine.maxPressure)
    return `the machine: the pools wait for memory ${percent(pressure)} of the time (MaxPressure=${percent(machine.maxPressure)})`;
  return null;
}
