import type { FileReport, PolicyReport, SimulationReport } from './report.ts';
import { spellCount, spellNumber, spellShare, spellTime } from './spell.ts';

type Line = [label: string, tell: (policy: PolicyReport) => string];

const percentOf = (part: number, whole: number): string =>
  whole > 0 ? `${spellShare(part / whole)} of ${spellNumber(whole)}` : '-';

const LINES: Line[] = [
  ['Min= and Max=', p => `${p.min} to ${p.max}`],
  ['instances, least to most', p => `${p.leastInstances} to ${p.mostInstances}`],
  ['instance-hours', p => spellNumber(p.instanceHours)],
  ['  with Max= all the time', p => percentOf(p.instanceHours, p.instanceHoursAtMax)],
  ['  with Min= all the time', p => percentOf(p.instanceHours, p.instanceHoursAtMin)],
  ['requests that waited', p => `${spellCount(p.waited)} (${spellShare(p.waitedShare)})`],
  ['wait, mean', p => spellTime(p.wait.mean)],
  ['wait, p50, p95, p99', p => [p.wait.p50, p.wait.p95, p.wait.p99].map(spellTime).join(', ')],
  ['wait, longest', p => spellTime(p.wait.longest)],
  ['response, p95', p => spellTime(p.responseP95)],
  ['most requests waiting', p => spellCount(p.mostWaiting)],
  ['scalings up, down', p => `${spellCount(p.ups)}, ${spellCount(p.downs)}`],
  ['flaps', p => spellCount(p.flaps)],
];

/** A row for each figure and a column for each policy, below their names. */
export const summaryRows = ({ policies }: SimulationReport): string[][] => [
  ['', ...policies.map(({ name }) => name)],
  ...LINES.map(([label, tell]) => [label, ...policies.map(tell)]),
];

function fileText({ file, format, lines, malformed, firstMalformed }: FileReport): string {
  const bad = `, ${spellCount(malformed)} malformed, the first at ${file}:${firstMalformed}`;
  return `${file}: ${spellCount(lines)} lines, ${format}${malformed > 0 ? bad : ''}`;
}

/** What was replayed and how, line by line; `clock` writes a time, ms since the epoch. */
export function headLines({ log, model, notes }: SimulationReport, clock: (ms: number) => string): string[] {
  const [from, to] = [Date.parse(log.from), Date.parse(log.to)];
  const { serviceTime, startTime, tick, threads, cpuShare } = model;
  const work = `service time ${serviceTime}, ${spellShare(cpuShare)} of it CPU time, ${threads} at a time`;
  return [
    `${spellCount(log.requests)} requests in ${spellTime(to - from)}, ${clock(from)} to ${clock(to)}`,
    ...log.files.map(fileText),
    `${work}; starts take ${spellTime(startTime)}, a tick each ${spellTime(tick)}`,
    ...notes.map(note => `note: ${note}`),
  ];
}
