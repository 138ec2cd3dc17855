import type { Notes } from './notes.ts';
import { ready } from './ready.ts';
import type { Context, Row } from './row.ts';
import type { Subject } from './subject.ts';

/** What goes on, for whoever waits. */
const tell = (words: string): void => console.error(`bench: ${words}`);

interface Plan {
  subjects: readonly Subject[];
  rounds: number;
  quick: boolean;
}

/** Runs something of a subject; what fails is a gap and stops nothing. */
async function attempt(row: Row, notes: Notes, name: string, what: () => Promise<void>): Promise<boolean> {
  try {
    await what();
    return true;
  } catch (error) {
    const why = (error as Error).message.split('\n').slice(0, 3).join(' ');
    tell(`${row.name}: ${name}: ${(error as Error).stack}`);
    notes.gap(row.name, name, why);
    return false;
  }
}

async function raise(row: Row, subject: Subject): Promise<void> {
  if (row.workers === 0) return;
  await subject.layOut(row.workers);
  await subject.start(row.workers);
  if ((await ready(subject, row.workers)) === null) throw new Error(`${row.workers} workers never answer`);
}

/** Those that can be part of a row; of the others the reason is noted. */
function fit(row: Row, { subjects }: Plan, notes: Notes): Subject[] {
  for (const { name, not } of subjects) {
    const why = not[row.name];
    if (why !== undefined) notes.gap(row.name, name, why);
  }
  return subjects.filter(({ not }) => not[row.name] === undefined);
}

async function oneRound(row: Row, subject: Subject, context: Context): Promise<void> {
  const began = Date.now();
  // after the round before: what it killed may not be back yet
  const isReady = row.workers === 0 || (await ready(subject, row.workers, 15_000)) !== null;
  if (!isReady) throw new Error(`of ${row.workers} workers not all answer, 15 s after the round before`);
  await row.measure?.(subject, context);
  tell(`${row.name} ${context.round + 1}: ${subject.name}: ${((Date.now() - began) / 1000).toFixed(1)} s`);
}

/** In the order of a round: one by one, and then at once. */
function groups({ atOnce }: Row, up: readonly Subject[]): Subject[][] {
  const isBeside = (subject: Subject): boolean => atOnce?.who(subject) ?? false;
  const beside = up.filter(isBeside);
  const most = Math.min(atOnce?.most ?? 1, beside.length);
  const starts = beside.map((_, i) => i).filter(i => i % most === 0);
  return [
    ...up.filter(subject => !isBeside(subject)).map(subject => [subject]),
    ...starts.map(i => beside.slice(i, i + most)),
  ];
}

async function interleave(row: Row, plan: Plan, notes: Notes): Promise<void> {
  const fitting = fit(row, plan, notes);
  // nothing of it is measured
  const isUp = await Promise.all(fitting.map(s => attempt(row, notes, s.name, () => raise(row, s))));
  const up = fitting.filter((_, i) => isUp[i]);
  for (let round = 0; round < plan.rounds; round++) {
    const one = (subject: Subject): Promise<boolean> =>
      attempt(row, notes, subject.name, () => oneRound(row, subject, { notes, round, quick: plan.quick }));
    // noise hits all alike
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
  if (together) await attempt(row, notes, 'all', () => together(fit(row, plan, notes), context, rounds));
  else await interleave(row, plan, notes);
  tell(`${row.name}: ${Math.round((Date.now() - began) / 1000)} s in all`);
}
