/** Colours by purpose, for light and dark backgrounds. */
export const LIGHT = {
  paper: '#fff',
  ink: '#1f2937',
  grid: '#e5e7eb',
  first: '#2563eb',
  second: '#c2410c',
  other: '#94a3b8',
};
export const DARK: typeof LIGHT = {
  paper: '#111827',
  ink: '#e5e7eb',
  grid: '#374151',
  first: '#60a5fa',
  second: '#fb923c',
  other: '#64748b',
};
