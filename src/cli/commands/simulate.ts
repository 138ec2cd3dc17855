import { writeFileAtomic } from '../../host/files/files.ts';
import { duration, span } from '../../pool-file/values/spans.ts';
import { integer, type Parse, percent } from '../../pool-file/values/values.ts';
import { htmlPage } from '../../simulate/chart/html.ts';
import { svgImage } from '../../simulate/chart/svg.ts';
import { textCharts } from '../../simulate/chart/text-chart.ts';
import { LogParser } from '../../simulate/log/log-parser.ts';
import { merge } from '../../simulate/log/merge.ts';
import type { Model } from '../../simulate/policy.ts';
import { Replay } from '../../simulate/replay.ts';
import { notesOf } from '../../simulate/report/notes.ts';
import { reportOf, type SimulationReport } from '../../simulate/report/report.ts';
import { headLines, summaryRows } from '../../simulate/report/summary.ts';
import { ServiceTimes, serviceTime } from '../../simulate/service-time.ts';
import { Failure } from '../failure.ts';
import { columns, green, yellow } from '../output.ts';
import { logEntries } from '../simulate/log-entries.ts';
import { readPolicies } from '../simulate/policies.ts';

interface SimulateOptions {
  accessLog: string[];
  serviceTime: string;
  startTime: string;
  tick: string;
  threads: string;
  cpuShare: string;
  compare?: string;
  json?: boolean;
  plot?: string;
}

/** Width when the output is not a terminal. */
const DEFAULT_COLUMNS = 80;

const clock = (ms: number): string => new Date(ms).toLocaleString('sv-SE');

function read<T>(parse: Parse<T>, option: string, text: string): T {
  const parsed = parse(text);
  if (!parsed.ok) throw new Failure(`${option} ${text} ${parsed.error}`, 2);
  return parsed.value;
}

const modelOf = (options: SimulateOptions): Model => ({
  startTime: read(duration, '--start-time', options.startTime),
  tick: read(span(100, 3_600_000), '--tick', options.tick),
  threads: read(integer(1, 10_000), '--threads', options.threads),
  cpuShare: read(percent, '--cpu-share', options.cpuShare),
});

/** Called before the replay, to reject an unknown file type early. */
function plotter(path: string | undefined): ((report: SimulationReport) => string) | null {
  if (path === undefined) return null;
  if (path.endsWith('.svg')) return report => svgImage(report, clock);
  if (path.endsWith('.html')) return report => htmlPage(report, clock);
  throw new Failure(`--plot ${path} has an unknown file type: use FILE.svg or FILE.html`, 2);
}

async function run(file: string, options: SimulateOptions): Promise<SimulationReport> {
  const model = modelOf(options);
  const service = new ServiceTimes(read(serviceTime, '--service-time', options.serviceTime));
  const policies = await readPolicies([file, ...(options.compare === undefined ? [] : [options.compare])]);
  const replay = new Replay(policies, model, service);
  const sources = options.accessLog.map(path => ({
    path,
    log: new LogParser(path === '-' ? 'stdin' : path),
  }));
  for await (const entries of merge(sources.map(({ path, log }) => logEntries(path, log))))
    for (const entry of entries) replay.add(entry);
  replay.end();
  return reportOf(
    replay,
    sources.map(({ log }) => log),
    notesOf(replay),
  );
}

function textOf(report: SimulationReport): string {
  const charts = textCharts(report, process.stdout.columns || DEFAULT_COLUMNS, clock, [green, yellow]);
  return [headLines(report, clock).join('\n'), columns(summaryRows(report)), charts].join('\n\n');
}

/** `cgipool simulate POOL.pool --access-log FILE...` */
export async function simulate(file: string, options: SimulateOptions): Promise<void> {
  const draw = plotter(options.plot);
  const report = await run(file, options);
  console.log(options.json ? JSON.stringify(report, null, 2) : textOf(report));
  if (draw && options.plot !== undefined) await writeFileAtomic(options.plot, draw(report));
}
