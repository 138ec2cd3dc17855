import { paths } from '../../model/paths.ts';
import { readText } from '../files/files.ts';

/** The tag of nginx's log lines for the controller, with the secret if there is one. */
export const tagWith = (secret: string | null): string => `cgipool_${secret ?? ''}`;

/** The tag on this machine; without the secret if that is not readable. */
export const logTag = async (): Promise<string> => tagWith(await readText(paths.secret).catch(() => null));
