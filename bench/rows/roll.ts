import type { Load } from '../../tools/load.ts';
import { loadUntil } from '../load.ts';
import type { Context, Row } from '../row.ts';
import { pause, until } from '../shell.ts';
import type { Subject } from '../subject.ts';

/** Whether all workers have been replaced, and the subject reports that it is done. */
async function isReplaced(subject: Subject, before: readonly number[]): Promise<boolean> {
  const now = await subject.workers();
  const isNew = now.length === before.length && now.every(pid => !before.includes(pid));
  return isNew && ((await subject.settled?.()) ?? true);
}

interface Rolled {
  get: Load;
  post: Load;
  seconds: number | null;
}

/** Replaces all workers, with a pause before and after; returns how long it took, s, or null when it does not end. */
async function replaceAll(subject: Subject, how: () => Promise<void>): Promise<number | null> {
  await pause(300);
  const before = await subject.workers();
  const began = performance.now();
  await how();
  const isDone = await until(() => isReplaced(subject, before), 30_000, 50);
  const seconds = isDone === null ? null : (performance.now() - began) / 1000;
  await pause(500);
  return seconds;
}

async function replace(subject: Subject, how: () => Promise<void>): Promise<Rolled> {
  const options = '--rate 100 --timeout 10 --seconds 40';
  const [get, [post, seconds]] = await loadUntil(subject.url, options, () =>
    loadUntil(subject.url, `${options} --method POST`, () => replaceAll(subject, how)),
  );
  return { get, post, seconds };
}

function write({ notes }: Context, subject: Subject, what: string, { get, post, seconds }: Rolled): void {
  notes.add('roll', subject.name, `${what}: failed GET`, 'requests', get.failed);
  notes.add('roll', subject.name, `${what}: failed POST`, 'requests', post.failed);
  notes.add('roll', subject.name, `${what}: took`, 's', seconds);
}

/** Restart and deploy under 100 GET/s and 100 POST/s. */
export const roll: Row = {
  name: 'roll',
  workers: 4,
  atOnce: { most: 4, who: ({ onSystemd }) => !onSystemd },
  async measure(subject, context) {
    write(context, subject, 'restart', await replace(subject, () => subject.restart()));
    const { deploy } = subject;
    if (deploy) write(context, subject, 'deploy', await replace(subject, deploy));
  },
};
