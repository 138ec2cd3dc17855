import type { Notes } from '../notes.ts';
import { cpuOf, dataOf, pssOf } from '../processes.ts';
import { ready } from '../ready.ts';
import type { Context, Row } from '../row.ts';
import { pause } from '../shell.ts';
import type { Subject } from '../subject.ts';
import { pollEvery } from '../subjects/poc.ts';
import { SIZES } from './sizes.ts';

/** After the start first probes pass, and what a Node process needed for it is collected, ms. */
const SETTLE = 20_000;

/** All at once: how long it takes is another row's question. */
async function raise(subjects: readonly Subject[], count: number, notes: Notes): Promise<Subject[]> {
  const isFew = ({ most }: Subject): boolean => count > (most?.count ?? Infinity);
  for (const { name, most } of subjects.filter(isFew))
    notes.gap('steady', name, `not with ${count}: ${most?.why}`);
  const up = subjects.filter(subject => !isFew(subject));
  await Promise.all(up.map(subject => raiseOne(subject, count)));
  return up;
}

async function raiseOne(subject: Subject, count: number): Promise<void> {
  await subject.layOut(count);
  await subject.start(count);
  if ((await ready(subject, count)) === null) throw new Error(`${subject.name}: ${count} never answer`);
  // what the others are: they come with their workers, and hold nothing of fewer or more
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

/** What the managers cost while nothing happens: all of them at the same time, for they sleep most of it. */
export async function steadyCost(
  subjects: readonly Subject[],
  context: Context,
  rounds: number,
): Promise<void> {
  // as often as cgipool probes
  pollEvery(2);
  for (const [count, seconds] of context.quick ? ([[10, 3]] as const) : SIZES) {
    const up = await raise(subjects, count, context.notes);
    await pause(SETTLE);
    for (let i = 0; i < rounds; i++) await watch(up, count, seconds, context.notes);
    await Promise.all(up.map(subject => subject.stop()));
  }
  pollEvery(5);
}

export const steady: Row = { name: 'steady', workers: 0, together: steadyCost };
