import type { Status, Why } from '../plan/report.ts';
import type { Decision, Reading } from '../scale/decision.ts';
import { ask } from './client.ts';
import { bold } from './table.ts';

const time = (ms: number): string => new Date(ms).toLocaleTimeString('sv-SE');

const amount = (metric: Reading['metric'], value: number | null): string => {
  if (value === null) return 'no data';
  return metric === 'cpu' ? `${Math.round(value * 100)}%` : value.toFixed(2);
};

const readingText = (r: Reading): string =>
  `  ${r.metric}: ${amount(r.metric, r.value)} per instance, target ${amount(r.metric, r.target)} -> ${r.recommends ?? 'no recommendation'}`;

function decisionText(decision: Decision | null): string[] {
  if (!decision)
    return ['no autoscaling decision yet (the timer cgipool-autoscale.timer makes one every 5 s)'];
  const { at, from, to, ready, windowMax, rule } = decision;
  const head = `decided ${time(at)}: ${from} -> ${to} instances, because: ${rule}`;
  return [
    head,
    `  ready: ${ready}, highest of the window: ${windowMax}`,
    ...decision.readings.map(readingText),
  ];
}

/** What `cgipool why` prints of one pool. */
export function whyText({ pool, desired, decision, events }: Why): string {
  const recent = events.slice(-15).map(e => `  ${time(e.at)} ${e.text}`);
  const past = recent.length > 0 ? ['recent events:', ...recent] : [];
  return [`${bold(pool)}: ${desired} desired`, ...decisionText(decision), ...past].join('\n');
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
