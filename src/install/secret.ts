import { randomBytes } from 'node:crypto';
import { readText, writeFileAtomic } from '../host/files/files.ts';
import { paths } from '../model/paths.ts';
import { run } from './activate.ts';

/** nginx takes 32 letters at most for the tag of its log lines, `cgipool_` among them. */
const SECRET_BYTES = 12;

/**
 * Makes a new secret, by which the controller knows nginx's log lines: root writes it, the controller's group reads it. So each
 * install that changes something ends what somebody may have learned of the one before.
 */
export async function renewSecret(): Promise<void> {
  await writeFileAtomic(paths.secret, randomBytes(SECRET_BYTES).toString('hex'), 0o640);
  await run('chgrp', 'cgipool', paths.secret);
}

/** Makes a secret where there is none. */
export async function ensureSecret(): Promise<void> {
  if ((await readText(paths.secret)) === null) await renewSecret();
}
