import type { Status, Why } from '../../plan/status/report.ts';
import type { Decision, Reading } from '../../scale/decision.ts';
import type { Metric } from '../../scale/signals.ts';
import { ask } from '../client.ts';
import { bold } from '../output.ts';

/** Past decisions that people are shown; --json has all. */
const DECISIONS_SHOWN = 5;
const EVENTS_SHOWN = 15;

const time = (ms: number): string => new Date(ms).toLocaleTimeString('sv-SE');

/** How each metric is written, and what it is of. */
const FORMATS: Record<Metric, { of: string; write: (value: number) => string }> = {
  cpu: { of: ' per instance', write: value => `${Math.round(value * 100)}%` },
  concurrency: { of: ' per instance', write: value => value.toFixed(2) },
  requests: { of: ' a second per instance', write: value => value.toFixed(1) },
  latency: { of: '', write: value => `${Math.round(value)} ms` },
  queue: { of: ' per instance', write: value => value.toFixed(2) },
  external: { of: ' per instance', write: value => value.toFixed(2) },
  spare: { of: ' busy', write: value => value.toFixed(2) },
};

function readingText({ metric, value, burst, target, recommends, burstRecommends }: Reading): string {
  const { of, write } = FORMATS[metric];
  const amount = (n: number | null): string => (n === null ? 'no data' : write(n));
  const latest =
    burstRecommends !== recommends ? `, in a burst ${amount(burst)} -> ${burstRecommends ?? '-'}` : '';
  return `  ${metric}: ${amount(value)}${of}, target ${amount(target)} -> ${recommends ?? 'no recommendation'}${latest}`;
}

const headOf = ({ at, from, to, rule, held }: Decision): string =>
  `${time(at)}: ${from} -> ${to} instances, because: ${rule}${held === null ? '' : `; held by ${held}`}`;

function decisionText(decision: Decision | null): string[] {
  if (!decision)
    return ['no autoscaling decision yet (the timer cgipool-autoscale.timer makes one every 5 s)'];
  const { ready, windowMax, panic, min, max } = decision;
  return [
    `decided ${headOf(decision)}`,
    `  ready: ${ready}, bounds: ${min}..${max}, highest of the window: ${windowMax}${panic ? ', panic' : ''}`,
    ...decision.readings.map(readingText),
  ];
}

const section = (heading: string, lines: readonly string[]): string[] =>
  lines.length > 0 ? [heading, ...lines.map(line => `  ${line}`)] : [];

/** What `cgipool why` prints of one pool. */
function whyText({ pool, desired, decision, decisions, events }: Why): string {
  return [
    `${bold(pool)}: ${desired} desired`,
    ...decisionText(decision),
    ...section('decisions before:', decisions.slice(0, -1).slice(-DECISIONS_SHOWN).map(headOf)),
    ...section(
      'recent events:',
      events.slice(-EVENTS_SHOWN).map(e => `${time(e.at)} ${e.text}`),
    ),
  ].join('\n');
}

async function names(pool: string | undefined): Promise<string[]> {
  if (pool !== undefined) return [pool];
  return (JSON.parse(await ask('Status')) as Status).pools.map(p => p.name);
}

/** `cgipool why [POOL] [--json]` */
export async function why(pool: string | undefined, { json }: { json?: boolean }): Promise<void> {
  const answers: Why[] = [];
  for (const name of await names(pool)) answers.push(JSON.parse(await ask('Why', name)) as Why);
  console.log(json ? JSON.stringify(answers, null, 2) : answers.map(whyText).join('\n\n'));
}
