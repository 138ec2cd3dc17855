import { type Limits as FileLimits, readForeign } from '../../host/files/foreign.ts';
import { parseEnvFile } from './env-file.ts';
import type { EnvironmentFile } from './environment.ts';

/** An administrator's file, through whatever links. */
const LIMITS: FileLimits = { maxBytes: 1024 * 1024, longer: 'is refused', links: 'are followed' };

/** systemd takes the file for a pattern of glob(7). */
const isPattern = (path: string): boolean => /[*?[]/.test(path);

const WHY: Record<string, string> = {
  EACCES: 'only root may read it (sudo shows its names, and --show-secrets its values)',
};

async function readOne(path: string): Promise<EnvironmentFile | string> {
  if (isPattern(path)) return `${path}: its variables are known of a running instance only`;
  try {
    const found = await readForeign(path, LIMITS);
    return found ? { path, variables: parseEnvFile(found.text) } : `${path}: there is no such file`;
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    return `${path}: ${WHY[code] ?? message}`;
  }
}

/** The files of EnvironmentFile= that this user can read, and why not the others. */
export async function readEnvironmentFiles(
  paths: readonly string[],
): Promise<{ files: EnvironmentFile[]; notes: string[] }> {
  const all = await Promise.all(paths.map(readOne));
  return {
    files: all.filter(one => typeof one !== 'string'),
    notes: all.filter(one => typeof one === 'string'),
  };
}
