import type { Hits } from './inside/mutate.ts';
import type { Fate } from './inside/steady.ts';
import { ENDED_BY_LIBFCGI } from './pools.ts';
import { problemsOf } from './steady.ts';
import { alarmsOf, type Watched } from './watch.ts';

/** What came of one part. */
export interface Round {
  way: string;
  hits: Hits[];
  fates: Fate[];
  watched: Watched;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

/** A part that hardly reaches anything tells nothing. */
const idle = ({ way, hits }: Round): string[] =>
  hits
    .filter(({ sent, answered }) => answered === 0 || sent === 0)
    .map(({ pool, sent }) => `${way}: none of ${sent} requests to ${pool} was answered`);

/** Past nginx in FastCGI, libfcgi may end the program. */
const isKnown = (way: string, crash: string): boolean =>
  way === 'past nginx, fastcgi' && ENDED_BY_LIBFCGI.test(crash);

const unknownCrashes = ({ way, watched }: Round): Watched => ({
  ...watched,
  crashes: watched.crashes.filter(crash => !isKnown(way, crash)),
});

/** What must not happen, and did. */
export const problemsIn = (round: Round): string[] =>
  [...problemsOf(round.fates), ...alarmsOf(unknownCrashes(round))]
    .map(what => `${round.way}: ${what}`)
    .concat(idle(round));

/** What was measured, in words. */
export function figureOf({ way, hits, fates, watched }: Round): string {
  const [sent, answered] = [sum(hits.map(h => h.sent)), sum(hits.map(h => h.answered))];
  const slowest = Math.max(...fates.map(f => f.slowestMs));
  const grown = watched.memory.toSorted((a, b) => b.peak - b.first - (a.peak - a.first))[0];
  return [
    `${way}: ${sent} changed requests, ${answered} answered`,
    `${sum(fates.map(f => f.sent))} GETs, ${sum(fates.map(f => f.lost.length))} lost, ${sum(fates.map(f => f.wrong.length))} wrong, slowest ${slowest} ms`,
    `${watched.crashes.length} crashes`,
    `${grown?.unit} grew most, from ${grown?.first.toFixed(0)} to ${grown?.peak.toFixed(0)} MB`,
  ].join('; ');
}
