import { load, loadUntil } from '../load.ts';
import type { Notes } from '../notes.ts';
import type { Row } from '../row.ts';
import { until } from '../shell.ts';
import type { Subject } from '../subject.ts';

/** Concurrent requests of 50 ms, and the maximum of workers. */
const CROWD = 20;
/** There are enough workers when three of four requests take at most this many times as long as one alone. */
const MAX_SLOWDOWN = 4 / 3;
/** How long it may take to grow and to shrink. */
const [GROW_S, SHRINK_MS] = [10, 16_000];
/** The pool has shrunk when it has no more workers than this: php-fpm keeps two in reserve. */
const FEW = 3;

/** Shrinking costs next to nothing: the next subject need not wait for it. */
const shrinking = new Map<string, Promise<void>>();

/** Measures the time until there are enough workers; `alone`: how long a single request takes, ms. */
async function grow(subject: Subject, url: string, alone: number, notes: Notes): Promise<void> {
  const options = `--concurrent ${CROWD} --seconds ${GROW_S} --below ${alone * MAX_SLOWDOWN}`;
  const { p95, belowAfter } = await load(url, options);
  notes.add('step', subject.name, 'to enough workers', 's', belowAfter === null ? null : belowAfter / 1000);
  notes.add('step', subject.name, 'workers then', '', (await subject.workers()).length);
  notes.add('step', subject.name, 'p95 until then', 'ms', p95);
}

/** Measures the time until there are few workers again, under a small load; then stops the subject. */
async function shrink(subject: Subject, url: string, notes: Notes): Promise<void> {
  const isFew = async (): Promise<boolean> => (await subject.workers()).length <= FEW;
  const [sent, shrunk] = await loadUntil(url, '--rate 10 --seconds 60', () => until(isFew, SHRINK_MS, 50));
  await subject.stop();
  notes.add('step', subject.name, `back to ${FEW}`, 's', shrunk === null ? null : shrunk / 1000);
  notes.add('step', subject.name, 'failed meanwhile', 'requests', sent.failed);
  notes.add('step', subject.name, 'sent meanwhile', 'requests', sent.total);
}

/** From one concurrent request to twenty, and back. */
export const step: Row = {
  name: 'step',
  workers: 0,
  // workers sleep for most of their 50 ms
  atOnce: { most: 2, who: ({ onSystemd }) => !onSystemd },
  async measure(subject, { notes }) {
    await shrinking.get(subject.name);
    const url = subject.url.replace('delay=5', 'delay=50');
    await subject.layOut(1);
    await subject.startElastic?.(1, CROWD);
    await until(async () => (await load(url, '--concurrent 1 --requests 1')).failed === 0, 20_000, 200);
    const { p50 } = await load(url, '--concurrent 1 --seconds 1');
    await grow(subject, url, p50, notes);
    shrinking.set(subject.name, shrink(subject, url, notes));
  },
  async finish() {
    await Promise.all(shrinking.values());
  },
};
