import { healthy, type Look, members, note } from './look.ts';
import type { Weighing } from './memory.ts';

/** Reloads for weights alone are at least this far apart, ms. */
const EVERY = 30_000;
/** A new weight this near to the old one changes nothing. */
const HYSTERESIS = 2;
/** The weight of whoever has the most to spare. */
const FULL = 10;
/** An instance that uses all of a core still gets something, share of a core. */
const LEAST_HEADROOM = 0.05;
/** How much of a new sample counts: what came before a minute hardly does, at a sample a second. */
const SMOOTHING = 0.1;

/** The averages, with what this look saw. */
function averaged(look: Look): Record<number, number> {
  const known = look.memory.weighing.cpu;
  const list = healthy(members(look)).map(({ slot }) => {
    const sample = look.samples.get(slot)?.cpu ?? null;
    const before = known[slot];
    if (sample === null) return [slot, before ?? 0];
    return [slot, before === undefined ? sample : before + SMOOTHING * (sample - before)];
  });
  return Object.fromEntries(list);
}

/** By slot, 1 to 10, in proportion to the share of a core that is left to it. */
export function weightsOf(cpu: Record<number, number>): Record<number, number> {
  const left = Object.entries(cpu).map(
    ([slot, share]) => [slot, Math.max(LEAST_HEADROOM, 1 - share)] as const,
  );
  const most = Math.max(...left.map(([, headroom]) => headroom));
  return Object.fromEntries(left.map(([slot, h]) => [slot, Math.max(1, Math.round((FULL * h) / most))]));
}

const differs = (before: Record<number, number>, now: Record<number, number>): boolean =>
  Object.entries(now).some(([slot, w]) => Math.abs(w - (before[Number(slot)] ?? FULL)) >= HYSTERESIS);

function reweighed(before: Weighing, cpu: Record<number, number>, now: number): Weighing {
  const weights = weightsOf(cpu);
  const isDue = now - before.at >= EVERY || before.at > now;
  return isDue && differs(before.weights, weights) ? { at: now, cpu, weights } : { ...before, cpu };
}

/** With Weight=auto: those with more of a core to spare are to get more requests. */
export function weigh(look: Look): void {
  if (look.pool.nginx.weight !== 'auto' || look.samples.size === 0) return;
  const before = look.memory.weighing;
  look.memory.weighing = reweighed(before, averaged(look), look.now);
  const { at, weights } = look.memory.weighing;
  const told = Object.entries(weights).map(([slot, weight]) => `${slot}: ${weight}`);
  if (at !== before.at) note(look, `weights ${told.join(', ')}, by the CPU time that each has to spare`);
}
