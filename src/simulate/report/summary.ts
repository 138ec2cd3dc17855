import { formatCount, formatNumber, formatShare, formatTime } from './format.ts';
import type { FileReport, PolicyReport, SimulationReport } from './report.ts';

type SummaryLine = [label: string, format: (policy: PolicyReport) => string];

const percentOf = (part: number, whole: number): string =>
  whole > 0 ? `${formatShare(part / whole)} of ${formatNumber(whole)}` : '-';

const LINES: SummaryLine[] = [
  ['Min= and Max=', p => `${p.min} to ${p.max}`],
  ['instances, min to max', p => `${p.leastInstances} to ${p.mostInstances}`],
  ['instance-hours', p => formatNumber(p.instanceHours)],
  ['  share of constant Max=', p => percentOf(p.instanceHours, p.instanceHoursAtMax)],
  ['  share of constant Min=', p => percentOf(p.instanceHours, p.instanceHoursAtMin)],
  ['requests that waited', p => `${formatCount(p.waited)} (${formatShare(p.waitedShare)})`],
  ['wait, mean', p => formatTime(p.wait.mean)],
  ['wait, p50, p95, p99', p => [p.wait.p50, p.wait.p95, p.wait.p99].map(formatTime).join(', ')],
  ['wait, longest', p => formatTime(p.wait.longest)],
  ['response, p95', p => formatTime(p.responseP95)],
  ['most requests waiting', p => formatCount(p.mostWaiting)],
  ['scale-ups, scale-downs', p => `${formatCount(p.ups)}, ${formatCount(p.downs)}`],
  ['flaps', p => formatCount(p.flaps)],
];

/** A row for each figure and a column for each policy, with their names in the first row. */
export const summaryRows = ({ policies }: SimulationReport): string[][] => [
  ['', ...policies.map(({ name }) => name)],
  ...LINES.map(([label, format]) => [label, ...policies.map(format)]),
];

function fileText({ file, format, lines, malformed, firstMalformed }: FileReport): string {
  const bad = `, ${formatCount(malformed)} malformed (first at ${file}:${firstMalformed})`;
  return `${file}: ${formatCount(lines)} lines, ${format}${malformed > 0 ? bad : ''}`;
}

/** What was replayed and how, line by line; `clock` formats a time, ms since the epoch. */
export function headLines({ log, model, notes }: SimulationReport, clock: (ms: number) => string): string[] {
  const [from, to] = [Date.parse(log.from), Date.parse(log.to)];
  const { serviceTime, startTime, tick, threads, cpuShare } = model;
  const work = `service time ${serviceTime} (${formatShare(cpuShare)} CPU), threads ${threads}`;
  return [
    `${formatCount(log.requests)} requests in ${formatTime(to - from)}, ${clock(from)} to ${clock(to)}`,
    ...log.files.map(fileText),
    `${work}, start time ${formatTime(startTime)}, tick ${formatTime(tick)}`,
    ...notes.map(note => `note: ${note}`),
  ];
}
