import type { Weighing } from '../state/memory.ts';
import { healthy, members } from '../view/members.ts';
import { note } from '../view/notes.ts';
import type { View, Weighting } from '../view/pass.ts';

/** The least distance between reloads for weights alone, ms. */
const REWEIGH_INTERVAL_MS = 30_000;
/** Smaller changes of a weight are ignored. */
const WEIGHT_HYSTERESIS = 2;
/** The weight of the instance with the most headroom. */
const MAX_WEIGHT = 10;
/** The least headroom, share of a core: an instance that uses a whole core still gets some requests. */
const MIN_HEADROOM = 0.05;
/** The share of a new sample in the average: at a sample a second, those older than a minute hardly count. */
const SMOOTHING = 0.1;

/** The averages, updated with this pass's samples. */
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

/** By slot, 1 to 10, in proportion to the headroom: the share of a core that is left. */
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

/** With Weight=auto: instances with more CPU headroom get more requests. */
export function weigh(pass: Weighting): void {
  if (pass.pool.nginx.weight !== 'auto' || pass.samples.size === 0) return;
  const before = pass.memory.weighing;
  pass.memory.weighing = reweighed(before, averaged(pass), pass.now);
  const { at, weights } = pass.memory.weighing;
  const list = Object.entries(weights).map(([slot, weight]) => `${slot}: ${weight}`);
  if (at !== before.at) note(pass, `weights ${list.join(', ')} (by CPU headroom)`);
}
