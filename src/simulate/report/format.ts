/** `1,234,567` */
export const formatCount = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ',');

/** Three significant digits, such as 0.25 or 12.5; integers from 100 on, such as 1,234. */
export const formatNumber = (value: number): string =>
  value >= 100 ? formatCount(Math.round(value)) : String(Number(value.toPrecision(3)));

/** `12.5%` */
export const formatShare = (share: number): string => `${formatNumber(share * 100)}%`;

const UNITS: [unit: string, ms: number][] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
];

/** `0.5 ms`, `12.5 s`, `2.5 d`; `-` for null. */
export function formatTime(ms: number | null): string {
  if (ms === null) return '-';
  const [unit, length] = UNITS.find(([, least]) => ms >= least) ?? ['ms', 1];
  return `${formatNumber(ms / length)} ${unit}`;
}
