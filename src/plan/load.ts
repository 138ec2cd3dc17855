import type { Look } from './look.ts';
import type { CpuMark, LoadMemory, Reading } from './memory.ts';

/** Adds this look's samples to what is known since the last tick. */
export function sample(look: Look): void {
  const mine = look.world.load.filter(s => s.pool === look.pool.name);
  if (mine.length === 0) return;
  const { load } = look.memory;
  for (const { slot, invocation, cpuUsec } of mine)
    if (cpuUsec !== null) load.latest[slot] = { invocation, usec: cpuUsec, at: look.now };
  if (mine.some(s => s.connections === null)) return;
  load.connections += mine.reduce((sum, s) => sum + (s.connections ?? 0), 0);
  load.samples += 1;
}

/** Share of one core between two marks of the same life, or null. */
export function share(from: CpuMark | undefined, to: CpuMark | undefined): number | null {
  if (!from || !to || from.invocation !== to.invocation || to.at <= from.at) return null;
  return (to.usec - from.usec) / ((to.at - from.at) * 1000);
}

/** Mean share of one core of the instances that were measured, or null when none was. */
function meanCpu({ marks, latest }: LoadMemory): number | null {
  const shares = Object.keys(latest)
    .map(slot => share(marks[Number(slot)], latest[Number(slot)]))
    .filter(s => s !== null);
  return shares.length > 0 ? shares.reduce((a, b) => a + b, 0) / shares.length : null;
}

/** What was measured since the last tick, per ready instance. */
export function measured(load: LoadMemory, ready: number): Record<Reading['metric'], number | null> {
  const perInstance = load.samples > 0 && ready > 0 ? load.connections / load.samples / ready : null;
  return { cpu: meanCpu(load), concurrency: perInstance };
}

/** Begins the next tick's measurements. */
export function reset(load: LoadMemory): LoadMemory {
  return { connections: 0, samples: 0, marks: load.latest, latest: load.latest };
}
