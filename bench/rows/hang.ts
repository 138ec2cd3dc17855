import { rmSync, writeFileSync } from 'node:fs';
import { load, stopFile } from '../load.ts';
import { untilNew } from '../newcomer.ts';
import { signal } from '../processes.ts';
import type { Row } from '../row.ts';
import { pause } from '../shell.ts';

/** So long those are watched that have no way to notice a hang, ms. */
const WATCH = 2_000;
/** Requests a second: nginx has connections for those that hang meanwhile. */
const RATE = 100;

/** SIGSTOP of one of four workers; SIGCONT when capacity is back or the time is over. */
export const hang: Row = {
  name: 'hang',
  crew: 4,
  // of what they lose, and of seconds, a busy CPU is no part
  atOnce: { most: Infinity, who: ({ onSystemd, heals = 0 }) => !(onSystemd && heals > 0) },
  async measure(subject, { notes, round }) {
    const stop = stopFile(subject.name, 'hang');
    rmSync(stop, { force: true });
    const sending = load(subject.url, `--rate ${RATE} --seconds 30 --stop ${stop}`);
    await pause(300);
    const before = await subject.workers();
    const victim = before[round % before.length] ?? 0;
    signal(victim, 'SIGSTOP');
    const at = Date.now();
    const back = await untilNew(subject, before, subject.heals ?? WATCH);
    await pause(300);
    writeFileSync(stop, '');
    signal(victim, 'SIGCONT');
    const { failed, late, lastLateAt, total } = await sending;
    notes.add('hang', subject.name, 'failed', 'requests', failed);
    notes.add('hang', subject.name, 'over 1 s', 'requests', late);
    notes.add('hang', subject.name, 'sent', 'requests', total);
    notes.add('hang', subject.name, 'last sent to it', 's', Math.max(0, lastLateAt - at) / 1000);
    notes.add('hang', subject.name, 'capacity back', 's', back === null ? null : back / 1000);
  },
};
