import { type Bars, barChart } from './plot.ts';
import type { Results, RowName } from './results.ts';
import { summarize } from './statistics.ts';

/** A chart of the page. */
export interface Plot {
  row: RowName;
  title: string;
  file: string;
  svg: string;
}

/** The figures to draw. */
const DRAWN: readonly (readonly [row: RowName, name: string, title: string])[] = [
  ['kills', 'failed', 'Requests that failed in a round, SIGKILL every 500 ms'],
  ['kills', 'kill to serving', 'SIGKILL to serving again, ms'],
  ['hang', 'capacity back', 'SIGSTOP to capacity back, s'],
  ['spawn', '50 workers', 'Command to 50 workers answering, s'],
  ['spawn', '200 workers', 'Command to 200 workers answering, s'],
  ['steady', 'CPU, 50', 'CPU of the manager with 50 workers, % of a core'],
  ['steady', 'PSS, 50', 'Memory of the manager with 50 workers, MB'],
  ['roll', 'restart: failed POST', 'POST requests that failed in a restart'],
  ['step', 'to enough workers', 'One to twenty requests at a time: to enough workers, s'],
  ['path', 'requests/s', 'Requests/s'],
];

const fileOf = (row: RowName, name: string): string =>
  `${row}-${name.toLowerCase().replace(/[^a-z0-9]+/g, '-')}.svg`;

function barsOf({ figures }: Results, row: RowName, name: string): Bars[] {
  return figures
    .filter(f => f.row === row && f.name === name)
    .map(({ subject, values }) => ({ label: subject, ...summarize(values) }));
}

/** The charts of all measured figures. */
export const plotsOf = (results: Results): Plot[] =>
  DRAWN.flatMap(([row, name, title]): Plot[] => {
    const bars = barsOf(results, row, name);
    return bars.length === 0 ? [] : [{ row, title, file: fileOf(row, name), svg: barChart(title, bars) }];
  });
