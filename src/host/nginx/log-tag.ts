import { paths } from '../../model/paths.ts';
import { readText } from '../files/files.ts';

/** The tag of nginx's log lines for the controller, with the secret if it exists and is readable. */
export async function logTag(secretFile: string = paths.secret): Promise<string> {
  const secret = await readText(secretFile).catch(() => null);
  return `cgipool_${secret ?? ''}`;
}
