import { formatNumber } from '../report/format.ts';
import { amountOf, type Measure } from '../report/resample.ts';
import type { Point } from '../series.ts';
import { type AxisMark, valueMarks } from './axis.ts';
import { element, escapeMarkup } from './markup.ts';

/** The position of a chart in the image, px. */
interface Frame {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** One chart: lines over time. */
export interface Panel {
  title: string;
  measure: Measure;
  /** The points of each line. */
  lines: readonly (readonly Point[])[];
  frame: Frame;
  /** ms since the epoch */
  from: number;
  to: number;
  marks: readonly AxisMark[];
}

const digits = (value: number): string => String(Math.round(value * 10) / 10);

/** Maps a value to a coordinate. */
type Place = (value: number) => string;

const across = ({ frame, from, to }: Panel): Place => {
  const scale = frame.width / Math.max(1, to - from);
  return ms => digits(frame.left + (ms - from) * scale);
};

const upwards =
  ({ frame }: Panel, most: number): Place =>
  value =>
    digits(frame.top + frame.height * (1 - value / most));

/** A step line: each point is a horizontal stretch. */
function path(points: readonly Point[], measure: Measure, x: Place, y: Place): string {
  const [first] = points;
  if (!first) return '';
  const steps = points.map(p => `V${y(amountOf(p, measure))}H${x(p.at + p.length)}`);
  return `M${x(first.at)},${y(amountOf(first, measure))}${steps.join('')}`;
}

function text(content: string, x: string | number, y: string | number, anchor: string): string {
  return element('text', { x, y, 'text-anchor': anchor }, escapeMarkup(content));
}

function grid({ frame, measure }: Panel, most: number, y: Place): string[] {
  const right = frame.left + frame.width;
  return valueMarks(most, measure === 'requests' ? 0 : 1).flatMap(value => [
    element('line', { class: 'grid', x1: frame.left, x2: right, y1: y(value), y2: y(value) }),
    text(formatNumber(value), frame.left - 6, Number(y(value)) + 4, 'end'),
  ]);
}

/** A label closer to the right edge would be cut off. */
const HALF_LABEL_PX = 40;

function times({ frame, marks }: Panel, x: Place): string[] {
  const [bottom, right] = [frame.top + frame.height, frame.left + frame.width];
  return marks.flatMap(({ value, label }) => [
    element('line', { class: 'grid', x1: x(value), x2: x(value), y1: frame.top, y2: bottom }),
    text(label, x(value), bottom + 16, Number(x(value)) > right - HALF_LABEL_PX ? 'end' : 'middle'),
  ]);
}

/** A chart with its axes. */
export function panelMarkup(panel: Panel): string {
  const { title, measure, lines, frame } = panel;
  const most = Math.max(...lines.flat().map(p => amountOf(p, measure)), measure === 'requests' ? 1e-9 : 1);
  const [x, y] = [across(panel), upwards(panel, most * 1.05)];
  return [
    text(title, frame.left, frame.top - 8, 'start'),
    ...grid(panel, most, y),
    ...times(panel, x),
    ...lines.map((points, i) => element('path', { class: `line line${i}`, d: path(points, measure, x, y) })),
  ].join('\n');
}
