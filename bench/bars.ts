import { type Bar, join, map, type Reader, type Readers, readersOf } from './bar.ts';
import type { Results, RowName } from './results.ts';
import { SIZES } from './rows/sizes.ts';
import { slope } from './statistics.ts';

const at = (text: string, measured: number | null, limit: number | null, unit = ''): Bar => ({
  text,
  measured,
  limit,
  unit,
});

type Make = (readers: Readers) => Bar[];

const kills: Make = ({ kills: { median, total } }) => {
  const limit = map(median('tuned', 'kill to serving'), ms => ms * 1.3);
  return [
    at('No GET fails', total('cgipool', 'failed'), 0),
    at('Kill to serving within 1.3 times of `tuned`', median('cgipool', 'kill to serving'), limit, 'ms'),
  ];
};

const hang: Make = ({ hang: { median, total } }) => [
  at('No GET fails', total('cgipool', 'failed'), 0),
  at('Capacity back within 4 s, default settings', median('cgipool', 'capacity back'), 4, 's'),
  at(
    'Capacity back within 1.5 s, Interval=200ms and Timeout=200ms',
    median('cgipool, 200 ms', 'capacity back'),
    1.5,
    's',
  ),
];

/** The limit adds `systemctl start` of the same units and a publish, which only the last row measures. */
const spawn: Make = ({ spawn: { median }, self: own }) => {
  const publish = own.median('publish', 'decision to first request');
  const limit = join(median('tuned', '200 workers'), publish, (s, ms) => 1.5 * (s + ms / 1000));
  return [
    at(
      '200 workers within 1.5 times of `tuned` plus a publish',
      median('cgipool', '200 workers'),
      limit,
      's',
    ),
  ];
};

/** How much a figure grows with each worker, over all measured sizes. */
const each = ({ median }: Reader, what: string): number | null =>
  slope(
    SIZES.flatMap(([count]) => {
      const value = median('cgipool', `${what}, ${count}`);
      return value === null ? [] : [[count, value] as const];
    }),
  );

const steady: Make = ({ steady: reader }) => [
  at('CPU with 50 workers within 2% of a core', reader.median('cgipool', 'CPU, 50'), 2, '%'),
  at('Memory (PSS) with 50 workers within 70 MB', reader.median('cgipool', 'PSS, 50'), 70, 'MB'),
  at('CPU within 0.03% of a core a worker', each(reader, 'CPU'), 0.03, '%'),
  at('Memory (data) within 0.1 MB a worker', each(reader, 'data'), 0.1, 'MB'),
];

const roll: Make = ({ roll: { total } }) =>
  ['restart', 'deploy'].flatMap(what =>
    ['GET', 'POST'].map(method =>
      at(`No ${method} fails in a ${what}`, total('cgipool', `${what}: failed ${method}`), 0),
    ),
  );

/** Ticks are 5 s apart. */
const step: Make = ({ step: { median, total } }) => [
  at('Enough workers within two ticks', median('cgipool', 'to enough workers'), 10, 's'),
  at('Nothing fails while it shrinks', total('cgipool', 'failed meanwhile'), 0),
];

/** The rounds by hand differ among themselves: cgipool's median must be within that noise. */
const path: Make = ({ path: { median, least } }) =>
  ['tcp', 'unix', 'fd'].map(way => {
    const slowest = least(`nginx by hand, ${way}`, 'requests/s');
    const share = join(slowest, median(`cgipool, ${way}`, 'requests/s'), (hand, own) => hand / own);
    return at(`${way}: not slower than the slowest round of nginx by hand`, share, 1, 'times');
  });

const self: Make = ({ self: { median } }) => [
  at('A plan of 1,000 instances within 5 ms', median('1000 instances', 'plan'), 5, 'ms'),
  at('A publish within 300 ms', median('publish', 'decision to first request'), 300, 'ms'),
  at('`cgipool status` within 200 ms', median('cgipool status', 'start to end'), 200, 'ms'),
];

const ALL: Record<RowName, Make> = { kills, hang, spawn, steady, roll, step, path, self };

/** The bars of a row with the measured values. */
export const barsOf = (results: Results, row: RowName): Bar[] => ALL[row](readersOf(results));
