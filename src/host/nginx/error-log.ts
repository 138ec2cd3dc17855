import { stat } from 'node:fs/promises';
import { type Limits, readForeign } from '../files/foreign.ts';

/** Debian's default; an administrator's error_log may be elsewhere. */
export const ERROR_LOG = '/var/log/nginx/error.log';
/**
 * Far more than a failed reload writes. An administrator may have put a link there; so may nginx's workers where the folder is
 * theirs, but of what it leads to only lines like nginx's are taken.
 */
const LIMITS: Limits = { maxBytes: 65_536, longer: 'is cut', links: 'are followed' };

/** Current length of nginx's error log, bytes; 0 when there is none. */
export const logLength = (): Promise<number> =>
  stat(ERROR_LOG).then(
    found => found.size,
    () => 0,
  );

/** Why nginx refused a configuration after `offset` of the log, in its own words; null when it logged nothing. */
export async function refusalSince(offset: number): Promise<string | null> {
  const log = await readForeign(ERROR_LOG, { ...LIMITS, from: offset }).catch(() => null);
  const lines = (log?.text ?? '').split('\n');
  const errors = lines.flatMap(line => /\[emerg\] \S+ (.*)/.exec(line)?.[1] ?? []);
  return errors.find(error => error.startsWith('bind()')) ?? errors.at(-1) ?? null;
}
