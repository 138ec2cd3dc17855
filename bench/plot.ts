import { valueMarks } from '../src/simulate/chart/axis.ts';
import { element, escapeMarkup } from '../src/simulate/chart/markup.ts';
import { DARK, LIGHT } from '../src/simulate/chart/palette.ts';
import { formatSummary, formatValue } from './format.ts';
import type { Summary } from './statistics.ts';

/** One bar: the median, and a whisker over the range. */
export interface Bars extends Summary {
  label: string;
}

const [WIDTH, LEFT, RIGHT, TOP, ROW] = [760, 160, 150, 44, 26];

// no var(): see src/simulate/chart/svg.ts
const colours = ({ paper, ink, grid, first, other }: typeof LIGHT): string => `
text { fill: ${ink}; } .paper { fill: ${paper}; } .grid { stroke: ${grid}; } .range { stroke: ${ink}; }
.own { fill: ${first}; } .other { fill: ${other}; }`;

const STYLE = `${colours(LIGHT)}
text { font: 12px system-ui, sans-serif; } .title { font-size: 14px; font-weight: 600; }
@media (prefers-color-scheme: dark) {${colours(DARK)}
}
`;

type Scale = (value: number) => number;

const text = (content: string, x: number, y: number, anchor: string, more = {}): string =>
  element('text', { x, y, 'text-anchor': anchor, ...more }, escapeMarkup(content));

/** The bar of what did not happen in time goes to the edge. */
function bar(bars: Bars, i: number, x: Scale, edge: number): string[] {
  const top = TOP + i * ROW;
  const [low, end, high] = [bars.min, bars.median, bars.max].map(v => (v === null ? edge : x(v)));
  if (low === undefined || end === undefined || high === undefined) return [];
  const kind = bars.label.startsWith('cgipool') ? 'own' : 'other';
  return [
    text(bars.label, LEFT - 8, top + 15, 'end'),
    element('rect', { class: kind, x: LEFT, y: top + 4, width: Math.max(1, end - LEFT), height: ROW - 10 }),
    element('path', { class: 'range', d: `M${low},${top + 11}H${high}` }),
    text(formatSummary(bars), Math.max(end, high) + 6, top + 15, 'start'),
  ];
}

function grid(most: number, x: Scale, bottom: number): string[] {
  return valueMarks(most).flatMap(value => [
    element('line', { class: 'grid', x1: x(value), x2: x(value), y1: TOP, y2: bottom }),
    text(formatValue(value), x(value), bottom + 14, 'middle'),
  ]);
}

const known = (all: readonly Bars[]): number[] =>
  all.flatMap(({ min, median, max }) => [min, median, max].filter(v => v !== null));

const digits = (value: number): number => Math.round(value * 10) / 10;

/** A chart of horizontal bars from 0, as an SVG file. */
export function barChart(title: string, all: readonly Bars[]): string {
  const most = Math.max(1e-9, ...known(all));
  const edge = WIDTH - RIGHT;
  const x: Scale = value => digits(LEFT + ((edge - LEFT) * value) / most);
  const bottom = TOP + all.length * ROW;
  const content = [
    `<title>${escapeMarkup(title)}</title>`,
    `<style>${STYLE}</style>`,
    element('rect', { class: 'paper', width: WIDTH, height: bottom + 24 }),
    text(title, 16, 24, 'start', { class: 'title' }),
    ...grid(most, x, bottom),
    ...all.flatMap((bars, i) => bar(bars, i, x, edge)),
  ];
  const box = { viewBox: `0 0 ${WIDTH} ${bottom + 24}`, role: 'img' };
  const svg = element('svg', { xmlns: 'http://www.w3.org/2000/svg', ...box }, `\n${content.join('\n')}\n`);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${svg}\n`;
}
