import type { LogParser } from '../log/log-parser.ts';
import type { Replay } from '../replay.ts';
import type { Point } from '../series.ts';
import { formatService } from '../service-time.ts';
import type { Simulation } from '../simulation.ts';

/** One log file. */
export interface FileReport {
  file: string;
  format: string;
  lines: number;
  malformed: number;
  /** Line number of the first malformed line, or null. */
  firstMalformed: number | null;
}

/** The replayed requests. */
interface LogReport {
  from: string;
  to: string;
  requests: number;
  late: number;
  files: FileReport[];
}

/** The assumptions. */
interface ModelReport {
  serviceTime: string;
  startTime: number;
  tick: number;
  threads: number;
  cpuShare: number;
}

/** ms; null without requests. */
interface WaitReport {
  mean: number | null;
  p50: number | null;
  p95: number | null;
  p99: number | null;
  longest: number;
}

/** The result for one pool file. */
export interface PolicyReport {
  name: string;
  file: string;
  min: number;
  max: number;
  instanceHours: number;
  instanceHoursAtMin: number;
  instanceHoursAtMax: number;
  leastInstances: number;
  mostInstances: number;
  waited: number;
  waitedShare: number;
  wait: WaitReport;
  responseP95: number | null;
  mostWaiting: number;
  ups: number;
  downs: number;
  flaps: number;
  series: Point[];
}

/** The output of `cgipool simulate --json`. */
export interface SimulationReport {
  version: 1;
  log: LogReport;
  model: ModelReport;
  notes: string[];
  policies: PolicyReport[];
}

const HOUR_MS = 3_600_000;

const round = (value: number): number => Math.round(value * 1000) / 1000;
const rounded = (value: number | null): number | null => (value === null ? null : round(value));

const fileReport = ({ name, format, lines, malformed, firstMalformed }: LogParser): FileReport => ({
  file: name,
  format: format?.name ?? '',
  lines,
  malformed,
  firstMalformed: malformed > 0 ? firstMalformed : null,
});

function waitReport({ tally: { waits } }: Simulation): WaitReport {
  return {
    mean: rounded(waits.mean),
    p50: rounded(waits.quantile(0.5)),
    p95: rounded(waits.quantile(0.95)),
    p99: rounded(waits.quantile(0.99)),
    longest: round(waits.longest),
  };
}

function policyReport(simulation: Simulation): PolicyReport {
  const { policy, tally, start, end } = simulation;
  const { min, max } = policy.pool;
  const hours = (end - start) / HOUR_MS;
  return {
    name: policy.name,
    file: policy.file,
    min,
    max,
    instanceHours: round(tally.instanceTime / HOUR_MS),
    instanceHoursAtMin: round(min * hours),
    instanceHoursAtMax: round(max * hours),
    leastInstances: tally.least,
    mostInstances: tally.most,
    waited: tally.waits.positive,
    waitedShare: tally.waits.positive / tally.requests,
    wait: waitReport(simulation),
    responseP95: rounded(tally.responses.quantile(0.95)),
    mostWaiting: tally.mostWaiting,
    ...tally.moves,
    series: tally.series.points(end).map(p => ({ ...p, instances: round(p.instances) })),
  };
}

const iso = (ms: number): string => new Date(ms).toISOString();

/** The report of a replay that has ended. */
export function reportOf(
  replay: Replay,
  logs: readonly LogParser[],
  notes: readonly string[],
): SimulationReport {
  const { start, last } = replay.period;
  const { startTime, tick, threads, cpuShare } = replay.model;
  const serviceTime = formatService(replay.serviceTimes.time);
  return {
    version: 1,
    log: {
      from: iso(start),
      to: iso(last),
      requests: replay.requests,
      late: replay.late,
      files: logs.map(fileReport),
    },
    model: { serviceTime, startTime, tick, threads, cpuShare },
    notes: [...notes],
    policies: replay.simulations.map(policyReport),
  };
}
