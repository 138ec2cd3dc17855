import type { Point } from '../series.ts';

/** The value of a point that a chart shows. */
export type Measure = 'requests' | 'instances' | 'waiting';

/** Requests per second; mean instances; maximum of waiting requests. */
export const amountOf = (point: Point, measure: Measure): number =>
  measure === 'requests' ? (point.requests * 1000) / point.length : point[measure];

/** Splits the time into `columns` equal stretches: the mean of each, but the maximum for `waiting`. */
export function resample(points: readonly Point[], measure: Measure, columns: number): number[] {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last) return [];
  const width = (last.at + last.length - first.at) / columns;
  const stretch = (i: number): number => stretchValue(points, measure, first.at + i * width, width);
  return Array.from({ length: columns }, (_, i) => stretch(i));
}

function stretchValue(points: readonly Point[], measure: Measure, from: number, width: number): number {
  const inside = points.filter(p => p.at < from + width && p.at + p.length > from);
  if (measure === 'waiting') return Math.max(0, ...inside.map(p => p.waiting));
  const overlap = (p: Point): number => Math.min(p.at + p.length, from + width) - Math.max(p.at, from);
  return inside.reduce((sum, p) => sum + amountOf(p, measure) * overlap(p), 0) / width;
}
