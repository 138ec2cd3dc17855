import type { Scale, Step } from '../pool/pool.ts';
import type { Situation } from './situation.ts';

/** How many may come or go at one tick. */
const most = (step: Step | null, from: number): number => {
  if (step === null) return Number.POSITIVE_INFINITY;
  return 'instances' in step ? step.instances : Math.max(1, Math.ceil(from * step.share));
};

/** A number of instances, and the last that held it back, in words. */
export interface Held {
  to: number;
  held: string | null;
}

type Limit = [limit: (instances: number) => number, why: string];

/** In this order: of the later ones the bounds of the pool go before its steps, and the machine before all. */
function limitsOf(scale: Scale, { from, min, max, ceiling }: Situation, panic: boolean): Limit[] {
  return [
    [n => (panic ? Math.max(n, from) : n), 'a burst: no shrinking for the window after it'],
    [n => Math.min(n, from + most(scale.stepUp, from)), 'StepUp='],
    [n => Math.max(n, from - most(scale.stepDown, from)), 'StepDown='],
    [n => Math.min(n, max), `the maximum, ${max}`],
    [n => Math.max(n, min), `the minimum, ${min}`],
    [n => (ceiling === null ? n : Math.min(n, Math.max(from, min))), ceiling ?? ''],
  ];
}

/** What becomes of a wanted number. */
export const hold = (scale: Scale, situation: Situation, wanted: number, panic: boolean): Held =>
  limitsOf(scale, situation, panic).reduce<Held>(
    (before, [limit, why]) => {
      const to = limit(before.to);
      return to === before.to ? before : { to, held: why };
    },
    { to: wanted, held: null },
  );
