import type { Pool } from '../../../src/model/pool.ts';
import type { Range } from './orders.ts';

/** A quantile of latencies is measured up to this much too high. */
const LATENCY_ERROR = 1.1;

/** Between a tenth above the target and a tenth below, or as few as stay below the target. */
function byTarget(amount: number, target: number, tolerance: number): Range {
  const exact = amount / target;
  const most = Math.max(Math.floor(exact / (1 - tolerance)), Math.ceil(exact));
  return { min: Math.ceil(exact / (1 + tolerance)), max: most };
}

/** Latency calls for more above the target, for fewer below half of it. */
const byLatency = (amount: number, target: number, tolerance: number): Range => ({
  min: Math.ceil(amount / (target * (1 + tolerance))),
  max: Math.floor((LATENCY_ERROR * amount) / (0.5 * target)),
});

/** How many instances a steady load calls for. `amount`: in all, of what the pool is scaled on. */
export function calledFor({ scale }: Pool, amount: number): Range {
  const { latency, tolerance } = scale;
  if (amount === 0) return { min: scale.spare, max: scale.spare };
  if (scale.spare > 0) return { min: amount + scale.spare, max: amount + scale.spare };
  if (latency) return byLatency(amount, latency.target, tolerance);
  const target = scale.cpu ?? scale.concurrency ?? scale.requests ?? scale.external ?? 1;
  return byTarget(amount, target, tolerance);
}
