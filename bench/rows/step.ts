import { load, loadUntil } from '../load.ts';
import type { Notes } from '../notes.ts';
import type { Row } from '../row.ts';
import { pause, until } from '../shell.ts';
import type { Subject } from '../subject.ts';

/** Concurrent requests of 50 ms, and how many workers they may have. */
const CROWD = 20;
/** How long it may take to grow, and to shrink, ms. */
const [GROW, SHRINK] = [10_000, 16_000];
/** So few are few again: php-fpm keeps two in reserve. */
const FEW = 3;

/** A subject that shrinks costs next to nothing meanwhile: the next one's turn need not wait for it. */
const shrinking = new Map<string, Promise<void>>();

interface Grown {
  /** Milliseconds, or null: never. */
  grown: number | null;
  most: number;
}

/** Until there are enough workers, and a second more. */
async function untilGrown(subject: Subject): Promise<Grown> {
  let most = 0;
  const isGrown = async (): Promise<boolean> => {
    most = Math.max(most, (await subject.workers()).length);
    return most >= CROWD;
  };
  const grown = await until(isGrown, GROW, 20);
  await pause(1000);
  return { grown, most };
}

async function grow(subject: Subject, url: string, notes: Notes): Promise<void> {
  const options = `--concurrent ${CROWD} --seconds 20`;
  const [{ p95 }, { grown, most }] = await loadUntil(url, options, () => untilGrown(subject));
  notes.add('step', subject.name, `to ${CROWD} workers`, 's', grown === null ? null : grown / 1000);
  notes.add('step', subject.name, 'most workers', '', most);
  notes.add('step', subject.name, 'p95 meanwhile', 'ms', p95);
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
  crew: 0,
  // most of a worker's 50 ms is sleep
  atOnce: { most: 2, who: ({ onSystemd }) => !onSystemd },
  async measure(subject, { notes }) {
    await shrinking.get(subject.name);
    const url = subject.url.replace('delay=5', 'delay=50');
    await subject.layOut(1);
    await subject.startElastic?.(1, CROWD);
    await until(async () => (await load(url, '--concurrent 1 --requests 1')).failed === 0, 20_000, 200);
    await load(url, '--concurrent 1 --seconds 1');
    await grow(subject, url, notes);
    shrinking.set(subject.name, shrink(subject, url, notes));
  },
  async finish() {
    await Promise.all(shrinking.values());
  },
};
