import { load } from '../load.ts';
import { untilServing } from '../newcomer.ts';
import { signal } from '../processes.ts';
import type { Context, Row } from '../row.ts';
import { pause, until } from '../shell.ts';
import { summarize } from '../statistics.ts';
import type { Subject } from '../subject.ts';

/** In each round: 20 s in five rounds. */
const SECONDS = 4;
const KILL_INTERVAL_MS = 500;
/** Between two kills: the manager may have work left. */
const PAUSE_MS = 40;

async function killOn(subject: Subject, isOver: () => boolean): Promise<void> {
  await pause(KILL_INTERVAL_MS / 2);
  for (let i = 0; !isOver(); i++) {
    const alive = (await subject.workers()).sort((a, b) => a - b);
    // round robin over the workers that are alive
    signal(alive[i % Math.max(1, alive.length)] ?? 0, 'SIGKILL');
    await until(isOver, KILL_INTERVAL_MS, 20);
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

/** Several kills in a row, since a single time of some ms says little; fewer if they take longer than this. */
const [IDLE_KILLS, IDLE_TIME_MS] = [5, 600];

async function idle(subject: Subject, { notes, round }: Context): Promise<void> {
  const began = performance.now();
  const took: (number | null)[] = [];
  while (took.length < IDLE_KILLS && performance.now() - began < IDLE_TIME_MS) {
    const alive = await subject.workers();
    const victim = alive[(round + took.length) % alive.length] ?? 0;
    took.push(await untilServing(subject, victim, () => signal(victim, 'SIGKILL'), 10_000));
    await pause(PAUSE_MS);
  }
  notes.add('kills', subject.name, 'kill to serving', 'ms', summarize(took).median);
}

/** SIGKILL of a worker: without load, and every 500 ms under 200 requests/s. */
export const kills: Row = {
  name: 'kills',
  workers: 4,
  atOnce: { most: 4, who: ({ onSystemd }) => !onSystemd },
  async measure(subject, context) {
    await idle(subject, context);
    await underLoad(subject, context);
  },
};
