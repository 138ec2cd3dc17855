import type { Notes } from './notes.ts';
import { ready } from './ready.ts';
import type { Context, Row } from './row.ts';
import type { Subject } from './subject.ts';

const log = (text: string): void => console.error(`bench: ${text}`);

interface Plan {
  subjects: readonly Subject[];
  rounds: number;
  quick: boolean;
}

/** Runs a step of a subject; a failure is noted as a gap and stops nothing else. */
async function attempt(row: Row, notes: Notes, name: string, what: () => Promise<void>): Promise<boolean> {
  try {
    await what();
    return true;
  } catch (error) {
    const why = (error as Error).message.split('\n').slice(0, 3).join(' ');
    log(`${row.name}: ${name}: ${(error as Error).stack}`);
    notes.gap(row.name, name, why);
    return false;
  }
}

async function startWorkers(row: Row, subject: Subject): Promise<void> {
  if (row.workers === 0) return;
  await subject.layOut(row.workers);
  await subject.start(row.workers);
  if ((await ready(subject, row.workers)) === null) throw new Error(`${row.workers} workers never answer`);
}

/** The subjects that can take part in a row; notes the reasons of the others. */
function participants(row: Row, { subjects }: Plan, notes: Notes): Subject[] {
  for (const { name, not } of subjects) {
    const why = not[row.name];
    if (why !== undefined) notes.gap(row.name, name, why);
  }
  return subjects.filter(({ not }) => not[row.name] === undefined);
}

async function oneRound(row: Row, subject: Subject, context: Context): Promise<void> {
  const began = Date.now();
  // workers killed in the previous round may still be starting
  const isReady = row.workers === 0 || (await ready(subject, row.workers, 15_000)) !== null;
  if (!isReady) throw new Error(`not all of ${row.workers} workers answer 15 s after the previous round`);
  await row.measure?.(subject, context);
  log(`${row.name} ${context.round + 1}: ${subject.name}: ${((Date.now() - began) / 1000).toFixed(1)} s`);
}

/** The order of a round: first one by one, then in groups. */
function groups({ atOnce }: Row, up: readonly Subject[]): Subject[][] {
  const isGrouped = (subject: Subject): boolean => atOnce?.who(subject) ?? false;
  const grouped = up.filter(isGrouped);
  const most = Math.min(atOnce?.most ?? 1, grouped.length);
  const starts = grouped.map((_, i) => i).filter(i => i % most === 0);
  return [
    ...up.filter(subject => !isGrouped(subject)).map(subject => [subject]),
    ...starts.map(i => grouped.slice(i, i + most)),
  ];
}

async function interleave(row: Row, plan: Plan, notes: Notes): Promise<void> {
  const all = participants(row, plan, notes);
  // in parallel: the start is not measured
  const isUp = await Promise.all(all.map(s => attempt(row, notes, s.name, () => startWorkers(row, s))));
  const up = all.filter((_, i) => isUp[i]);
  for (let round = 0; round < plan.rounds; round++) {
    const one = (subject: Subject): Promise<boolean> =>
      attempt(row, notes, subject.name, () => oneRound(row, subject, { notes, round, quick: plan.quick }));
    // interleaved, so that noise affects all alike
    for (const group of groups(row, up)) await Promise.all(group.map(one));
  }
  await row.finish?.();
  if (row.workers > 0) await Promise.all(up.map(s => attempt(row, notes, s.name, () => s.stop())));
}

/** Runs all rounds of a row. */
export async function runRow(row: Row, plan: Plan, notes: Notes): Promise<void> {
  const began = Date.now();
  const { rounds, quick } = plan;
  const { together } = row;
  const context = { notes, round: 0, quick };
  if (together)
    await attempt(row, notes, 'all', () => together(participants(row, plan, notes), context, rounds));
  else await interleave(row, plan, notes);
  log(`${row.name}: ${Math.round((Date.now() - began) / 1000)} s in all`);
}
