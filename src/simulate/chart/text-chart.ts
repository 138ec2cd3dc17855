import { formatNumber } from '../report/format.ts';
import type { SimulationReport } from '../report/report.ts';
import { type Measure, resample } from '../report/resample.ts';

const EIGHTHS = ' ▁▂▃▄▅▆▇█';
const HEIGHT_LINES = 6;
/** Room for the numbers to the left of a chart. */
const MARGIN_CHARS = 8;

/** A bar chart in block characters, from top to bottom. */
export function bars(values: readonly number[], most: number): string[] {
  return Array.from({ length: HEIGHT_LINES }, (_, line) => {
    const below = HEIGHT_LINES - 1 - line;
    const blocks = values.map(value => {
      const eighths = most > 0 ? Math.round((value / most) * HEIGHT_LINES * 8) - below * 8 : 0;
      // a value above 0 must be visible
      const least = value > 0 && below === 0 ? 1 : 0;
      return EIGHTHS[Math.min(8, Math.max(least, eighths))];
    });
    return blocks.join('').trimEnd();
  });
}

/** Colours a text, or returns it unchanged. */
type Paint = (text: string) => string;

function chart(title: string, values: readonly number[], most: number, paint: Paint): string[] {
  const labels = new Map([
    [0, formatNumber(most)],
    [HEIGHT_LINES - 1, '0'],
  ]);
  const line = (text: string, i: number): string =>
    `${(labels.get(i) ?? '').padStart(MARGIN_CHARS - 2)}${labels.has(i) ? '┤' : '│'}${text === '' ? '' : paint(text)}`;
  return [title, ...bars(values, most).map(line)];
}

/** The time axis below the charts: first and last time. */
function timeLine(from: string, to: string, columns: number): string {
  return `${' '.repeat(MARGIN_CHARS - 1)}${from}${to.padStart(columns - from.length)}`;
}

/** Charts of requests and instances over time, `width` characters wide; `paints` colours each policy. */
export function textCharts(
  { log, policies }: SimulationReport,
  width: number,
  clock: (ms: number) => string,
  paints: readonly Paint[],
): string {
  const columns = Math.max(40, width - MARGIN_CHARS);
  const plain: Paint = text => text;
  const sampled = (measure: Measure): number[][] =>
    policies.map(({ series }) => resample(series, measure, columns));
  const [requests = []] = sampled('requests');
  const instances = sampled('instances');
  const most = Math.max(...instances.flat());
  return [
    ...chart('requests/s', requests, Math.max(...requests), plain),
    ...policies.flatMap(({ name }, i) =>
      chart(`instances, ${name}`, instances[i] ?? [], most, paints[i] ?? plain),
    ),
    timeLine(clock(Date.parse(log.from)), clock(Date.parse(log.to)), columns),
  ].join('\n');
}
