import { load, loadUntil } from '../load.ts';
import type { Notes } from '../notes.ts';
import type { Row } from '../row.ts';
import { until } from '../shell.ts';
import type { Subject } from '../subject.ts';

/** Concurrent requests of 50 ms, and how many workers they may have. */
const CROWD = 20;
/** There are enough when three of four requests take no longer than so many times what one alone takes. */
const LONGER = 4 / 3;
/** How long it may take to grow, s, and to shrink, ms. */
const [GROW, SHRINK] = [10, 16_000];
/** So few are few again: php-fpm keeps two in reserve. */
const FEW = 3;

/** A subject that shrinks costs next to nothing meanwhile: the next one's turn need not wait for it. */
const shrinking = new Map<string, Promise<void>>();

/** Until nobody waits for a worker; `alone`: what a request takes when it is the only one, ms. */
async function grow(subject: Subject, url: string, alone: number, notes: Notes): Promise<void> {
  const options = `--concurrent ${CROWD} --seconds ${GROW} --below ${alone * LONGER}`;
  const { p95, belowAfter } = await load(url, options);
  notes.add('step', subject.name, 'to enough workers', 's', belowAfter === null ? null : belowAfter / 1000);
  notes.add('step', subject.name, 'workers then', '', (await subject.workers()).length);
  notes.add('step', subject.name, 'p95 until then', 'ms', p95);
}

/** Until there are few again, with few requests; then the subject stops. */
async function shrink(subject: Subject, url: string, notes: Notes): Promise<void> {
  const isFew = async (): Promise<boolean> => (await subject.workers()).length <= FEW;
  const [sent, shrunk] = await loadUntil(url, '--rate 10 --seconds 60', () => until(isFew, SHRINK, 50));
  await subject.stop();
  notes.add('step', subject.name, `back to ${FEW}`, 's', shrunk === null ? null : shrunk / 1000);
  notes.add('step', subject.name, 'failed meanwhile', 'requests', sent.failed);
  notes.add('step', subject.name, 'sent meanwhile', 'requests', sent.total);
}

/** From one request at a time to twenty, and back to few. */
export const step: Row = {
  name: 'step',
  workers: 0,
  // most of a worker's 50 ms is sleep
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
