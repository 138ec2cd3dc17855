import { readFileSync } from 'node:fs';
import { askPid } from './load.ts';
import { quick } from './ready.ts';
import { until } from './shell.ts';
import type { Subject } from './subject.ts';

/** The port of a worker: the last word of its command line. */
function portOf(pid: number): number {
  const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').filter(Boolean);
  return Number(words.at(-1));
}

/** Where to ask for the successor of a worker, and how many requests at a time it takes to reach every worker. */
function place(subject: Subject, victim: number): { url: string; questions: number } {
  if (subject.first === null) return { url: subject.url, questions: 4 };
  return { url: `http://127.0.0.1:${portOf(victim)}/?delay=0`, questions: 1 };
}

/** Does something to a worker; returns after how many ms its place serves again, or null when not in time. */
export async function untilServing(
  subject: Subject,
  victim: number,
  happens: () => void,
  limit: number,
): Promise<number | null> {
  const before = await subject.workers();
  const { url, questions } = place(subject, victim);
  happens();
  return until(
    async () => {
      const pids = await Promise.all(Array.from({ length: questions }, () => askPid(url, 500)));
      return pids.some(pid => pid !== null && !before.includes(pid));
    },
    limit,
    1,
  );
}

/** After how many ms a process that is not among `before` answers through nginx, or null when not in time. */
export const untilNew = (
  subject: Subject,
  before: readonly number[],
  limit: number,
): Promise<number | null> =>
  until(
    async () => {
      const pids = await Promise.all(
        [1, 2, 3, 4].map(() => askPid(subject.first === null ? subject.url : quick(subject), 300)),
      );
      return pids.some(pid => pid !== null && !before.includes(pid));
    },
    limit,
    10,
  );
