import { cpuOf, signal } from '../processes.ts';
import type { Context } from '../row.ts';
import { pause, until } from '../shell.ts';
import type { Subject } from '../subject.ts';

/** Workers that die at the same time. */
export const DYING = 50;
/** Between rounds: systemd's limit is five starts in ten seconds. */
const PAUSE_MS = 1_500;

const isOver = async (subject: Subject, before: readonly number[]): Promise<boolean> => {
  const now = await subject.workers();
  const isNew = now.length === DYING && !now.some(pid => before.includes(pid));
  return isNew && (await subject.settled?.()) === true;
};

/** CPU time of the controller for each death: several signals, and a new life to probe. */
export async function deaths(cgipool: Subject, { notes }: Context): Promise<void> {
  const before = await cgipool.workers();
  const managers = await cgipool.managers();
  const cpu = cpuOf(managers);
  for (const pid of before) signal(pid, 'SIGKILL');
  if ((await until(() => isOver(cgipool, before), 30_000, 100)) === null)
    throw new Error('they are not back');
  const each = (cpuOf(managers) - cpu) / DYING;
  notes.add('self', `${DYING} deaths at once`, 'CPU of the controller for each', 'ms', each);
  notes.add('self', `${DYING} deaths at once`, 'deaths it could follow', '/s', 1000 / each);
  await pause(PAUSE_MS);
}
