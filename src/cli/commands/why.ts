import type { Why } from '../../plan/status/report.ts';
import type { Decision, Reading } from '../../scale/decision.ts';
import type { Metric } from '../../scale/signals.ts';
import { askStatus, askWhy } from '../client.ts';
import { bold } from '../output.ts';

/** Previous decisions to print; --json has all. */
const DECISIONS_SHOWN = 5;
const EVENTS_SHOWN = 15;

const time = (ms: number): string => new Date(ms).toLocaleTimeString('sv-SE');

/** How to print each metric, and its unit. */
const FORMATS: Record<Metric, { unit: string; format: (value: number) => string }> = {
  cpu: { unit: ' per instance', format: value => `${Math.round(value * 100)}%` },
  concurrency: { unit: ' per instance', format: value => value.toFixed(2) },
  requests: { unit: ' per second and instance', format: value => value.toFixed(1) },
  latency: { unit: '', format: value => `${Math.round(value)} ms` },
  queue: { unit: ' per instance', format: value => value.toFixed(2) },
  external: { unit: ' per instance', format: value => value.toFixed(2) },
  spare: { unit: ' busy', format: value => value.toFixed(2) },
};

function readingText({ metric, value, burst, target, recommends, burstRecommends }: Reading): string {
  const { unit, format } = FORMATS[metric];
  const amount = (n: number | null): string => (n === null ? 'no data' : format(n));
  const latest =
    burstRecommends !== recommends ? `, burst ${amount(burst)} -> ${burstRecommends ?? '-'}` : '';
  return `  ${metric}: ${amount(value)}${unit}, target ${amount(target)} -> ${recommends ?? 'no recommendation'}${latest}`;
}

const headOf = ({ at, from, to, rule, held }: Decision): string =>
  `${time(at)}: ${from} -> ${to} instances: ${rule}${held === null ? '' : `; held by ${held}`}`;

function decisionText(decision: Decision | null): string[] {
  if (!decision) return ['no autoscaling decision yet (cgipool-autoscale.timer triggers one every 5 s)'];
  const { ready, windowMax, panic, min, max } = decision;
  return [
    `decided ${headOf(decision)}`,
    `  ready: ${ready}, range: ${min}..${max}, window maximum: ${windowMax}${panic ? ', panic' : ''}`,
    ...decision.readings.map(readingText),
  ];
}

const section = (heading: string, lines: readonly string[]): string[] =>
  lines.length > 0 ? [heading, ...lines.map(line => `  ${line}`)] : [];

/** What `cgipool why` prints for a pool. */
function whyText({ pool, desired, decision, decisions, events }: Why): string {
  return [
    `${bold(pool)}: ${desired} desired`,
    ...decisionText(decision),
    ...section('previous decisions:', decisions.slice(0, -1).slice(-DECISIONS_SHOWN).map(headOf)),
    ...section(
      'recent events:',
      events.slice(-EVENTS_SHOWN).map(e => `${time(e.at)} ${e.text}`),
    ),
  ].join('\n');
}

async function names(pool: string | undefined): Promise<string[]> {
  if (pool !== undefined) return [pool];
  return (await askStatus()).pools.map(p => p.name);
}

/** `cgipool why [POOL] [--json]` */
export async function why(pool: string | undefined, { json }: { json?: boolean }): Promise<void> {
  const answers: Why[] = [];
  for (const name of await names(pool)) answers.push(await askWhy(name));
  console.log(json ? JSON.stringify(answers, null, 2) : answers.map(whyText).join('\n\n'));
}
