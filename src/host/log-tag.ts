import { join } from 'node:path';
import { readText } from './files.ts';
import { paths } from './paths.ts';

/** The tag of nginx's log lines for the controller: with the secret where it is there, and may be read. */
export async function logTag(root: string): Promise<string> {
  const secret = await readText(join(root, paths.secret)).catch(() => null);
  return `cgipool_${secret ?? ''}`;
}
