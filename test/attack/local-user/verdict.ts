import type { Facts } from './facts.ts';
import { POOLS } from './pools.ts';
import { STRANGER } from './stranger.ts';
import { failed, type Tally } from './tally.ts';

/** The pool whose free ports others can take. */
const OPEN = 'tcp';
/** MemoryMax= is 512 MB; a busy controller needs a third of that. */
const MAX_MB = 200;
const MAX_SERVING_MS = 15_000;
const MAX_CLEAN_MS = 30_000;

const sum = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0);
const openRate = POOLS.find(({ name }) => name === OPEN)?.rate ?? 0;

/** How many workers of the open pool ended: where one was a stranger may be. */
export const deathsOf = ({ accidents: { kills, rolled } }: Facts): number =>
  (kills[OPEN] ?? 0) + 2 * (rolled[OPEN] ?? 0);

/** What docs/security.md lets a stranger have: the share of one of two instances, for a second after each death. */
export const allowedLoss = (facts: Facts): number => (deathsOf(facts) * openRate) / 2;

const isOpen = (request: string): boolean => request.startsWith(`GET /${OPEN}?`);

function losses({ tallies, stolen }: Facts): string[] {
  return Object.entries(tallies).flatMap(([name, tally]) => {
    const allowed = name === OPEN ? stolen.length : 0;
    const words = `${name}: ${failed(tally)} of ${tally.total} GETs failed: ${JSON.stringify([tally.outcomes, tally.failures])}`;
    return failed(tally) > allowed ? [words] : [];
  });
}

const toStrangers = ({ outcomes }: Tally): number => outcomes[STRANGER] ?? 0;

function thefts(facts: Facts): string[] {
  const closed = Object.entries(facts.tallies).filter(([name]) => name !== OPEN);
  const answered = sum(closed.map(([, tally]) => toStrangers(tally)));
  const elsewhere = facts.stolen.filter(request => !isOpen(request));
  return [
    ...(answered > 0 ? [`a stranger answered ${answered} requests to pools whose ports are closed`] : []),
    ...elsewhere.slice(0, 3).map(request => `a stranger got ${request}`),
    ...(facts.stolen.length > allowedLoss(facts)
      ? [`${facts.stolen.length} requests reached strangers at ${deathsOf(facts)} deaths`]
      : []),
  ];
}

/** Decisions and deaths that only the attacker can have caused. */
function wrongActs({ journal, accidents, tallies }: Facts): string[] {
  const sleeper = POOLS.find(({ isSleeping }) => isSleeping)?.name ?? '';
  const scaled = journal.filter(line => / scale \d+ -> \d+/.test(line) && !line.startsWith(`${sleeper}:`));
  const woken = journal.filter(line => line.startsWith(`${sleeper}: scale 0 -> 1`)).length;
  const bursts = tallies[sleeper]?.bursts ?? 0;
  const deaths = POOLS.filter(({ name }) => name !== OPEN).flatMap(({ name }) => {
    const died = journal.filter(line => line.startsWith(`${name}: slot`) && line.includes(' died;')).length;
    const killed = accidents.kills[name] ?? 0;
    return died > killed ? [`${died} workers of ${name} died, and ${killed} were killed`] : [];
  });
  return [
    ...scaled,
    ...(woken > bursts ? [`${sleeper} woke ${woken} times for ${bursts} bursts`] : []),
    ...journal.filter(line => line.includes('RequestTimeout=')),
    ...deaths,
  ];
}

function controllerFaults({ controller: { before, after, peakMB }, recovery }: Facts): string[] {
  return [
    ...(before === after ? [] : [`the controller was ${before} and is ${after}`]),
    ...(peakMB <= MAX_MB ? [] : [`the controller took ${peakMB} MB`]),
    ...((recovery.serving ?? Infinity) <= MAX_SERVING_MS
      ? []
      : [`all pools served after ${recovery.serving} ms`]),
    ...((recovery.clean ?? Infinity) <= MAX_CLEAN_MS
      ? []
      : [`the status was clean after ${recovery.clean} ms`]),
  ];
}

/** Four lanes do something each 16 s, or his program hangs. */
function idleness({ deeds, seconds }: Facts): string[] {
  const done = sum(Object.values(deeds));
  return done < seconds / 4 ? [`a mistake of the test: he did ${done} things in ${seconds} s`] : [];
}

/** The promises that an attack broke; empty when all were kept. */
export const broken = (facts: Facts): string[] => [
  ...losses(facts),
  ...thefts(facts),
  ...wrongActs(facts),
  ...controllerFaults(facts),
  ...idleness(facts),
  ...facts.breaches.map(what => `he could: ${what}`),
  ...facts.learnt.map(secret => `he knows: ${secret}`),
  ...facts.mistakes.map(what => `a mistake of the test: ${what}`),
];
