import { randomBytes } from 'node:crypto';
import { readText, writeFileAtomic } from '../host/files/files.ts';
import { paths } from '../model/paths.ts';
import { shareWithController } from './activate.ts';

/** nginx allows a syslog tag of at most 32 characters, including `cgipool_`. */
const SECRET_BYTES = 12;

/**
 * Replaces the secret that marks nginx's log lines as genuine: root writes it, the controller's group reads it. Renewed
 * by each install that changes something, so that a leaked one does not last.
 */
export async function renewSecret(): Promise<void> {
  await writeFileAtomic(paths.secret, randomBytes(SECRET_BYTES).toString('hex'), 0o640);
  await shareWithController(paths.secret);
}

/** Creates the secret if there is none. */
export async function ensureSecret(): Promise<void> {
  if ((await readText(paths.secret)) === null) await renewSecret();
}
