import { type Limits as FileLimits, readForeign } from '../../host/files/foreign.ts';
import type { ServiceSettings } from '../../host/systemd/settings.ts';
import { type Assignments, assignmentsOf } from './environment.ts';

/** The kernel's limit on the arguments and the environment of a program together is a quarter of its stack: 2 MB by default. */
const LIMITS: FileLimits = { maxBytes: 8 * 1024 * 1024, longer: 'is cut', links: 'are followed' };

/**
 * The environment that the main process of a unit was started with; null when there is none, or it is not for this user. A
 * program may overwrite it, to show a title in its place, and then it is not to be believed: INVOCATION_ID tells.
 */
export async function environmentOfProcess({
  pid,
  invocation,
}: ServiceSettings): Promise<Assignments | null> {
  if (pid === 0) return null;
  const found = await readForeign(`/proc/${pid}/environ`, LIMITS).catch(() => null);
  const variables = assignmentsOf((found?.text ?? '').split('\0'));
  return variables.get('INVOCATION_ID') === invocation ? variables : null;
}
