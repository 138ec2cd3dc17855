/** A mark on an axis. */
export interface AxisMark {
  value: number;
  label: string;
}

/** Marks of a vertical axis from 0: about four to eight, at 1, 2 or 5 times a power of ten, at least `least` apart. */
export function valueMarks(most: number, least = 0): number[] {
  const rough = Math.max(most, 1e-9) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [5, 2, 1].find(f => f * power <= rough) ?? 1;
  const step = Math.max(factor * power, least);
  return Array.from({ length: Math.floor(most / step + 1e-9) + 1 }, (_, i) => i * step);
}

const [SECOND, MINUTE, HOUR, DAY] = [1000, 60_000, 3_600_000, 86_400_000];

const STEPS = [
  ...[1, 2, 5, 10, 15, 30].map(n => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map(n => n * MINUTE),
  ...[1, 2, 3, 6, 12].map(n => n * HOUR),
  ...[1, 2, 7, 14, 30, 91, 182, 365, 730, 1825, 3650].map(n => n * DAY),
];

/** As many as fit below a chart. */
const MAX_MARKS = 8;

/** The part of `2026-10-10 13:55:36` that distinguishes marks; at midnight the date. */
function label(text: string, step: number): string {
  if (step >= DAY || text.endsWith(' 00:00:00')) return text.slice(0, 10);
  return step >= MINUTE ? text.slice(11, 16) : text.slice(11);
}

/**
 * Marks of a horizontal axis between two times, ms since the epoch, at full hours, days and so on in the time zone of
 * `clock`, which formats a time as `2026-10-10 13:55:36`.
 */
export function timeMarks(from: number, to: number, clock: (ms: number) => string): AxisMark[] {
  const step = STEPS.find(s => (to - from) / s <= MAX_MARKS) ?? 3650 * DAY;
  const zone = Date.parse(`${clock(from).replace(' ', 'T')}Z`) - Math.floor(from / SECOND) * SECOND;
  const first = Math.ceil((from + zone) / step) * step - zone;
  const count = Math.max(0, Math.floor((to - first) / step) + 1);
  return Array.from({ length: count }, (_, i) => {
    const value = first + i * step;
    return { value, label: label(clock(value), step) };
  });
}
