import type { Facts } from './facts.ts';
import { failed } from './tally.ts';
import { deathsOf } from './verdict.ts';

const list = (counts: Record<string, number>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ') || 'none';

/** The figures, a line for each. */
export function reportOf(facts: Facts): string[] {
  const { accidents, controller, deeds, recovery, seconds, seed, stolen, taken, tallies } = facts;
  const deaths = deathsOf(facts);
  return [
    `seed ${seed}, ${seconds} s`,
    ...Object.entries(tallies).map(
      ([name, tally]) =>
        `${name}: ${tally.total} GETs, ${failed(tally)} failed, p50 ${tally.p50} ms, p99 ${tally.p99} ms, slowest ${tally.slowest} ms, ${tally.late} over a second, ${JSON.stringify(tally.outcomes)}`,
    ),
    `workers killed: ${list(accidents.kills)}; pools rolled over: ${list(accidents.rolled)}; nginx reloaded ${accidents.reloads} times`,
    `ports taken ${taken} times; ${stolen.length} requests reached the stranger at ${deaths} deaths of tcp, ${(stolen.length / Math.max(1, deaths)).toFixed(2)} each`,
    `short of instances, of ${accidents.looks} looks: ${list(accidents.short)}`,
    `deeds: ${list(deeds)}`,
    `controller: ${controller.peakMB} MB at most; after the end all pools served within ${recovery.serving} ms, and no problem was left after ${recovery.clean} ms`,
  ];
}
