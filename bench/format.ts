import { formatNumber } from '../src/simulate/report/format.ts';
import type { Summary } from './statistics.ts';

/** Three significant digits; 0 for values too close to 0. */
export const formatValue = (value: number): string => formatNumber(Math.abs(value) < 1e-4 ? 0 : value);

const orNever = (value: number | null): string => (value === null ? 'never' : formatValue(value));

/** `4.1 (3.9-4.4)`, or `4.1` when all rounds agree. */
export function formatSummary({ median, min, max }: Summary): string {
  const [low, middle, high] = [orNever(min), orNever(median), orNever(max)];
  return low === high ? middle : `${middle} (${low}-${high})`;
}
