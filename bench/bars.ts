import type { Results, RowName } from './results.ts';
import { summarize } from './statistics.ts';

/** What cgipool promises to keep. */
export interface Bar {
  row: RowName;
  text: string;
  /** What was measured, in the bar's unit; Infinity: it never happened in time; null: it was not measured. */
  measured: number | null;
  /** The most it may be. */
  limit: number | null;
  unit: string;
}

/** The median of a figure; Infinity when it never happened, null where it is not among the results. */
function median({ figures }: Results, row: RowName, subject: string, name: string): number | null {
  const found = figures.find(f => f.row === row && f.subject === subject && f.name === name);
  return found ? (summarize(found.values).median ?? Infinity) : null;
}

/** All rounds together; null where one is missing. */
function total({ figures }: Results, row: RowName, subject: string, name: string): number | null {
  const found = figures.find(f => f.row === row && f.subject === subject && f.name === name);
  return found
    ? found.values.reduce((sum: number | null, v) => (sum === null || v === null ? null : sum + v), 0)
    : null;
}

const times = (value: number | null, factor: number): number | null =>
  value === null ? null : value * factor;

const plus = (a: number | null, b: number | null): number | null => (a === null || b === null ? null : a + b);

type Make = (results: Results) => Bar[];

const kills: Make = r => [
  {
    row: 'kills',
    text: 'No GET fails',
    measured: total(r, 'kills', 'cgipool', 'failed'),
    limit: 0,
    unit: '',
  },
  {
    row: 'kills',
    text: 'Kill to serving within 1.3 times of `tuned`',
    measured: median(r, 'kills', 'cgipool', 'kill to serving'),
    limit: times(median(r, 'kills', 'tuned', 'kill to serving'), 1.3),
    unit: 'ms',
  },
];

const hang: Make = r => [
  { row: 'hang', text: 'No GET fails', measured: total(r, 'hang', 'cgipool', 'failed'), limit: 0, unit: '' },
  {
    row: 'hang',
    text: 'Capacity back in under 4 s with the default settings',
    measured: median(r, 'hang', 'cgipool', 'capacity back'),
    limit: 4,
    unit: 's',
  },
  {
    row: 'hang',
    text: 'Capacity back in under 1.5 s with Interval=200ms',
    measured: median(r, 'hang', 'cgipool, 200 ms', 'capacity back'),
    limit: 1.5,
    unit: 's',
  },
];

/** `systemctl start` of the same units, and one publish, which only the last row measures: without it, none. */
const spawn: Make = r => [
  {
    row: 'spawn',
    text: '200 workers within 1.5 times of `tuned` plus one publish',
    measured: median(r, 'spawn', 'cgipool', '200 workers'),
    limit: times(
      plus(
        median(r, 'spawn', 'tuned', '200 workers'),
        times(median(r, 'self', 'publish', 'decision to first request'), 0.001),
      ),
      1.5,
    ),
    unit: 's',
  },
];

/** By how much 190 more workers make a figure grow, for each of them. */
function each(r: Results, what: string): number | null {
  const [few, many] = [10, 200].map(count => median(r, 'steady', 'cgipool', `${what}, ${count}`));
  return few === undefined || many === undefined ? null : times(plus(many, times(few, -1)), 1 / 190);
}

const steady: Make = r => [
  {
    row: 'steady',
    text: 'CPU with 50 workers under 2% of a core',
    measured: median(r, 'steady', 'cgipool', 'CPU, 50'),
    limit: 2,
    unit: '%',
  },
  {
    row: 'steady',
    text: 'Memory with 50 workers under 70 MB',
    measured: median(r, 'steady', 'cgipool', 'PSS, 50'),
    limit: 70,
    unit: 'MB',
  },
  {
    row: 'steady',
    text: 'CPU under 0.03% of a core a worker',
    measured: each(r, 'CPU'),
    limit: 0.03,
    unit: '%',
  },
  { row: 'steady', text: 'Memory under 0.1 MB a worker', measured: each(r, 'PSS'), limit: 0.1, unit: 'MB' },
];

const roll: Make = r =>
  ['restart', 'deploy'].flatMap(what =>
    ['GET', 'POST'].map(
      (method): Bar => ({
        row: 'roll',
        text: `No ${method} fails in a ${what}`,
        measured: total(r, 'roll', 'cgipool', `${what}: failed ${method}`),
        limit: 0,
        unit: '',
      }),
    ),
  );

/** Ticks are 5 s apart. */
const step: Make = r => [
  {
    row: 'step',
    text: 'Enough workers within two ticks',
    measured: median(r, 'step', 'cgipool', 'to 20 workers'),
    limit: 10,
    unit: 's',
  },
  {
    row: 'step',
    text: 'Nothing fails while it shrinks',
    measured: total(r, 'step', 'cgipool', 'failed meanwhile'),
    limit: 0,
    unit: '',
  },
];

/** The range of one is the noise of both: cgipool's median is to be no slower than the slowest round by hand. */
const path: Make = r =>
  ['tcp', 'unix', 'fd'].map((way): Bar => {
    const slowest = r.figures.find(
      f => f.row === 'path' && f.subject === `nginx by hand, ${way}` && f.name === 'requests/s',
    );
    const least = slowest ? summarize(slowest.values).min : null;
    const rate = median(r, 'path', `cgipool, ${way}`, 'requests/s');
    const share = least === null || least === 0 || rate === null || rate === 0 ? null : least / rate;
    return {
      row: 'path',
      text: `${way}: no slower than the slowest round of nginx by hand`,
      measured: share,
      limit: 1,
      unit: 'times',
    };
  });

const self: Make = r => [
  {
    row: 'self',
    text: 'A plan of 1,000 instances under 5 ms',
    measured: median(r, 'self', '1000 instances', 'plan'),
    limit: 5,
    unit: 'ms',
  },
  {
    row: 'self',
    text: 'A publish under 300 ms',
    measured: median(r, 'self', 'publish', 'decision to first request'),
    limit: 300,
    unit: 'ms',
  },
  {
    row: 'self',
    text: '`cgipool status` under 200 ms',
    measured: median(r, 'self', 'cgipool status', 'start to end'),
    limit: 200,
    unit: 'ms',
  },
];

const ALL: Record<RowName, Make> = { kills, hang, spawn, steady, roll, step, path, self };

/** The bars of a row, with what was measured. */
export const barsOf = (results: Results, row: RowName): Bar[] => ALL[row](results);

/** Met, missed, or not to be said. */
export function verdict({ measured, limit }: Bar): 'met' | 'missed' | 'not measured' {
  if (measured === null || limit === null || limit === Infinity) return 'not measured';
  return measured <= limit ? 'met' : 'missed';
}
