import { load } from '../load.ts';
import { untilServing } from '../newcomer.ts';
import { signal } from '../processes.ts';
import type { Context, Row } from '../row.ts';
import { pause, until } from '../shell.ts';
import { summarize } from '../statistics.ts';
import type { Subject } from '../subject.ts';

/** Four seconds in each of five rounds are the 20 s that the row is about. */
const SECONDS = 4;
const EVERY = 500;
/** What restarted one has other things to do, ms. */
const REST = 40;

async function killOn(subject: Subject, isOver: () => boolean): Promise<void> {
  await pause(EVERY / 2);
  for (let i = 0; !isOver(); i++) {
    const alive = (await subject.workers()).sort((a, b) => a - b);
    // of those that are left: the one that has waited longest for its turn is the first in the list
    signal(alive[i % Math.max(1, alive.length)] ?? 0, 'SIGKILL');
    await until(isOver, EVERY, 20);
  }
}

async function underLoad(subject: Subject, { notes, quick }: Context): Promise<void> {
  let isOver = false;
  const sending = load(subject.url, `--rate 200 --timeout 3 --seconds ${quick ? 2 : SECONDS}`).finally(() => {
    isOver = true;
  });
  await Promise.all([sending, killOn(subject, () => isOver)]);
  const { failed, total, p99 } = await sending;
  notes.add('kills', subject.name, 'failed', 'requests', failed);
  notes.add('kills', subject.name, 'sent', 'requests', total);
  notes.add('kills', subject.name, 'p99', 'ms', p99);
}

/** So many one after the other, as far as they take no longer than this, ms: of a few tens of ms one says little. */
const [IDLE_KILLS, IDLE_TIME] = [5, 600];

async function idle(subject: Subject, { notes, round }: Context): Promise<void> {
  const began = performance.now();
  const took: (number | null)[] = [];
  while (took.length < IDLE_KILLS && performance.now() - began < IDLE_TIME) {
    const alive = await subject.workers();
    const victim = alive[(round + took.length) % alive.length] ?? 0;
    took.push(await untilServing(subject, victim, () => signal(victim, 'SIGKILL'), 10_000));
    // systemd's own limit is five starts in ten seconds for each
    await pause(REST);
  }
  notes.add('kills', subject.name, 'kill to serving', 'ms', summarize(took).median);
}

/** SIGKILL of a worker: alone, and every 500 ms under 200 requests/s. */
export const kills: Row = {
  name: 'kills',
  workers: 4,
  atOnce: { most: 4, who: ({ onSystemd }) => !onSystemd },
  async measure(subject, context) {
    await idle(subject, context);
    await underLoad(subject, context);
  },
};
