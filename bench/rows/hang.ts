import { loadUntil } from '../load.ts';
import { untilNew } from '../newcomer.ts';
import { signal } from '../processes.ts';
import type { Row } from '../row.ts';
import { pause } from '../shell.ts';
import type { Subject } from '../subject.ts';

/** How long to watch subjects that cannot notice a hang. */
const WATCH_MS = 2_000;
/** Requests per second; nginx has enough connections for those that hang in the meantime. */
const RATE = 100;

/** Stops a worker, and continues it when it was replaced or the time is up; returns when and how long it took, ms. */
async function stopOne(subject: Subject, round: number): Promise<{ at: number; back: number | null }> {
  await pause(300);
  const before = await subject.workers();
  const victim = before[round % before.length] ?? 0;
  signal(victim, 'SIGSTOP');
  const at = Date.now();
  const back = await untilNew(subject, before, subject.heals ?? WATCH_MS);
  await pause(300);
  signal(victim, 'SIGCONT');
  return { at, back };
}

/** One of four workers hangs. */
export const hang: Row = {
  name: 'hang',
  workers: 4,
  // a busy CPU does not affect lost requests, nor times of seconds
  atOnce: { most: Infinity, who: ({ onSystemd, heals = 0 }) => !(onSystemd && heals > 0) },
  async measure(subject, { notes, round }) {
    const stopping = (): ReturnType<typeof stopOne> => stopOne(subject, round);
    const [sent, { at, back }] = await loadUntil(subject.url, `--rate ${RATE} --seconds 30`, stopping);
    notes.add('hang', subject.name, 'failed', 'requests', sent.failed);
    notes.add('hang', subject.name, 'over 1 s', 'requests', sent.late);
    notes.add('hang', subject.name, 'sent', 'requests', sent.total);
    notes.add('hang', subject.name, 'last sent to it', 's', Math.max(0, sent.lastLateAt - at) / 1000);
    notes.add('hang', subject.name, 'capacity back', 's', back === null ? null : back / 1000);
  },
};
