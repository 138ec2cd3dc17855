import type { Notes } from '../notes.ts';
import { cpuOf, dataOf, pssOf } from '../processes.ts';
import { ready } from '../ready.ts';
import type { Context, Row } from '../row.ts';
import { pause } from '../shell.ts';
import type { Subject } from '../subject.ts';
import { pollEvery } from '../subjects/poc.ts';
import { SIZES } from './sizes.ts';

/** After a start: until the first probes have passed, and Node has collected its garbage. */
const SETTLE_MS = 20_000;

/** Starts all at the same time: another row measures how long that takes. */
async function startAll(subjects: readonly Subject[], count: number, notes: Notes): Promise<Subject[]> {
  const isFew = ({ most }: Subject): boolean => count > (most?.count ?? Infinity);
  for (const { name, most } of subjects.filter(isFew))
    notes.gap('steady', name, `not with ${count}: ${most?.why}`);
  const up = subjects.filter(subject => !isFew(subject));
  await Promise.all(up.map(subject => startOne(subject, count)));
  return up;
}

async function startOne(subject: Subject, count: number): Promise<void> {
  await subject.layOut(count);
  await subject.start(count);
  if ((await ready(subject, count)) === null) throw new Error(`${subject.name}: ${count} never answer`);
  // like the others, which start with their workers and hold nothing from another size
  await subject.renew?.();
}

async function watch(up: readonly Subject[], count: number, seconds: number, notes: Notes): Promise<void> {
  const pids = await Promise.all(up.map(subject => subject.managers()));
  const before = pids.map(cpuOf);
  const began = performance.now();
  await pause(seconds * 1000);
  const passed = performance.now() - began;
  up.forEach(({ name }, i) => {
    const cpu = cpuOf(pids[i] ?? []) - (before[i] ?? 0);
    notes.add('steady', name, `CPU, ${count}`, '%', (100 * cpu) / passed);
    notes.add('steady', name, `PSS, ${count}`, 'MB', pssOf(pids[i] ?? []));
    notes.add('steady', name, `data, ${count}`, 'MB', dataOf(pids[i] ?? []));
  });
}

/** The cost of idle managers: all at the same time, because they mostly sleep. */
export async function steadyCost(
  subjects: readonly Subject[],
  context: Context,
  rounds: number,
): Promise<void> {
  // cgipool's Interval=
  pollEvery(2);
  for (const [count, seconds] of context.quick ? ([[10, 3]] as const) : SIZES) {
    const up = await startAll(subjects, count, context.notes);
    await pause(SETTLE_MS);
    for (let i = 0; i < rounds; i++) await watch(up, count, seconds, context.notes);
    await Promise.all(up.map(subject => subject.stop()));
  }
  pollEvery(5);
}

export const steady: Row = { name: 'steady', workers: 0, together: steadyCost };
