import { join } from 'node:path';
import { paths } from '../../model/paths.ts';
import { readText } from '../files/files.ts';

/** The tag of nginx's log lines for the controller, with the secret if it exists and is readable. */
export async function logTag(root: string): Promise<string> {
  const secret = await readText(join(root, paths.secret)).catch(() => null);
  return `cgipool_${secret ?? ''}`;
}
