import type { Weighing } from '../state/memory.ts';
import { healthy, members } from '../view/members.ts';
import { note } from '../view/notes.ts';
import type { View, Weighting } from '../view/pass.ts';

/** Reloads for weights alone are at least this far apart, ms. */
const REWEIGH_INTERVAL_MS = 30_000;
/** A new weight this near to the old one changes nothing. */
const WEIGHT_HYSTERESIS = 2;
/** The weight of whoever has the most to spare. */
const MAX_WEIGHT = 10;
/** An instance that uses all of a core still gets something, share of a core. */
const MIN_HEADROOM = 0.05;
/** How much of a new sample counts: what came before a minute hardly does, at a sample a second. */
const SMOOTHING = 0.1;

/** The averages, with what this pass saw. */
function averaged(pass: View): Record<number, number> {
  const known = pass.memory.weighing.cpu;
  const list = healthy(members(pass)).map(({ slot }) => {
    const sample = pass.samples.get(slot)?.cpu ?? null;
    const before = known[slot];
    if (sample === null) return [slot, before ?? 0];
    return [slot, before === undefined ? sample : before + SMOOTHING * (sample - before)];
  });
  return Object.fromEntries(list);
}

/** By slot, 1 to 10, in proportion to the share of a core that is left to it. */
export function weightsOf(cpu: Record<number, number>): Record<number, number> {
  const left = Object.entries(cpu).map(([slot, share]) => [slot, Math.max(MIN_HEADROOM, 1 - share)] as const);
  const most = Math.max(...left.map(([, headroom]) => headroom));
  return Object.fromEntries(
    left.map(([slot, h]) => [slot, Math.max(1, Math.round((MAX_WEIGHT * h) / most))]),
  );
}

const differs = (before: Record<number, number>, now: Record<number, number>): boolean =>
  Object.entries(now).some(
    ([slot, w]) => Math.abs(w - (before[Number(slot)] ?? MAX_WEIGHT)) >= WEIGHT_HYSTERESIS,
  );

function reweighed(before: Weighing, cpu: Record<number, number>, now: number): Weighing {
  const weights = weightsOf(cpu);
  const isDue = now - before.at >= REWEIGH_INTERVAL_MS || before.at > now;
  return isDue && differs(before.weights, weights) ? { at: now, cpu, weights } : { ...before, cpu };
}

/** With Weight=auto: those with more of a core to spare are to get more requests. */
export function weigh(pass: Weighting): void {
  if (pass.pool.nginx.weight !== 'auto' || pass.samples.size === 0) return;
  const before = pass.memory.weighing;
  pass.memory.weighing = reweighed(before, averaged(pass), pass.now);
  const { at, weights } = pass.memory.weighing;
  const told = Object.entries(weights).map(([slot, weight]) => `${slot}: ${weight}`);
  if (at !== before.at) note(pass, `weights ${told.join(', ')}, by the CPU time that each has to spare`);
}
