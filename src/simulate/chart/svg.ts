import { formatCount } from '../report/format.ts';
import type { SimulationReport } from '../report/report.ts';
import { timeMarks } from './axis.ts';
import { element, escapeMarkup } from './markup.ts';
import { DARK, LIGHT } from './palette.ts';
import { type Panel, panelMarkup } from './panel.ts';

const [WIDTH, LEFT, RIGHT, TOP] = [960, 64, 24, 88];
const [PANEL, GAP] = [150, 56];
const HEIGHT = TOP + 3 * PANEL + 2 * GAP + 48;

// no var(): image viewers other than browsers do not support it and draw black
const colours = ({ paper, ink, grid, first, second }: typeof LIGHT): string => `
.cgipool { background: ${paper}; }
.cgipool text { fill: ${ink}; }
.cgipool .paper { fill: ${paper}; }
.cgipool .grid { stroke: ${grid}; }
.cgipool .line { stroke: ${first}; }
.cgipool .line1 { stroke: ${second}; }`;

/** The second line is also dashed, for people who cannot tell the colours apart. */
const STYLE = `${colours(LIGHT)}
.cgipool text { font: 12px system-ui, sans-serif; }
.cgipool .title { font-size: 16px; font-weight: 600; }
.cgipool .line { fill: none; stroke-width: 1.5; }
.cgipool .line1 { stroke-dasharray: 6 3; }
@media (prefers-color-scheme: dark) {${colours(DARK)}
}
`;

/** The title of the image. */
export const titleOf = ({ log, policies }: SimulationReport): string =>
  `${policies.map(({ name }) => name).join(' and ')}: ${formatCount(log.requests)} requests replayed`;

const legend = ({ policies }: SimulationReport): string =>
  policies
    .map(({ name }, i) => {
      const [x, y] = [LEFT + i * 320, 52];
      const line = element('path', { class: `line line${i}`, d: `M${x},${y}h32` });
      return line + element('text', { x: x + 40, y: y + 4 }, escapeMarkup(name));
    })
    .join('');

function panels({ policies }: SimulationReport, clock: (ms: number) => string): Panel[] {
  const all = policies.map(({ series }) => series);
  const [from, to] = [
    Math.min(...all.flat().map(p => p.at)),
    Math.max(...all.flat().map(p => p.at + p.length)),
  ];
  const common = { from, to, marks: timeMarks(from, to, clock) };
  const frame = (i: number): Panel['frame'] => ({
    left: LEFT,
    top: TOP + i * (PANEL + GAP),
    width: WIDTH - LEFT - RIGHT,
    height: PANEL,
  });
  // all policies get the same requests
  return [
    { ...common, title: 'requests/s', measure: 'requests', lines: all.slice(0, 1), frame: frame(0) },
    { ...common, title: 'instances', measure: 'instances', lines: all, frame: frame(1) },
    { ...common, title: 'waiting requests (maximum)', measure: 'waiting', lines: all, frame: frame(2) },
  ];
}

/** The image as an element, for a page or a file; `clock` formats a time as `2026-10-10 13:55:36`. */
export function svgElement(report: SimulationReport, clock: (ms: number) => string): string {
  const title = escapeMarkup(titleOf(report));
  const content = [
    `<title>${title}</title>`,
    `<style>${STYLE}</style>`,
    element('rect', { class: 'paper', width: WIDTH, height: HEIGHT }),
    element('text', { class: 'title', x: LEFT, y: 28 }, title),
    legend(report),
    ...panels(report, clock).map(panelMarkup),
    element('text', { x: WIDTH - RIGHT, y: HEIGHT - 12, 'text-anchor': 'end' }, 'time'),
  ];
  return element(
    'svg',
    { xmlns: 'http://www.w3.org/2000/svg', class: 'cgipool', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img' },
    `\n${content.join('\n')}\n`,
  );
}

/** The image as an SVG file. */
export const svgImage = (report: SimulationReport, clock: (ms: number) => string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n${svgElement(report, clock)}\n`;
