import { readlink } from 'node:fs/promises';
import { join } from 'node:path';

/** As many as Linux follows, path_resolution(7). */
const MAX_LINKS = 40;

/** Errors of readlink(2) for what is not a link: then the file system has its own words about the path. */
const NO_LINK = ['EINVAL', 'ENOENT', 'ENOTDIR'];

const targetOf = (path: string): Promise<string | null> =>
  readlink(path).catch((error: NodeJS.ErrnoException) => {
    if (NO_LINK.includes(error.code ?? '')) return null;
    throw error;
  });

const namesOf = (path: string): string[] => path.split('/').filter(name => name !== '' && name !== '.');

/** What to do with a link that is the last name of a path: open(2) follows it, rename(2) does not. */
export type LastLink = 'follow' | 'keep';

/**
 * Resolves a path as after chroot(2) to `root`: links lead from there, and `..` stops there. The result lies below `root`,
 * whatever links there are, and need not exist. Nobody else must change the links meanwhile. Throws for a loop of links.
 */
export async function withinRoot(root: string, path: string, last: LastLink = 'follow'): Promise<string> {
  const [names, done] = [namesOf(path), [] as string[]];
  for (let links = 0; names.length > 0; ) {
    const name = names.shift() ?? '';
    const isKept = last === 'keep' && names.length === 0;
    const target = name === '..' || isKept ? null : await targetOf(join(root, ...done, name));
    if (name === '..') done.pop();
    else if (target === null) done.push(name);
    else {
      links += 1;
      if (links > MAX_LINKS) throw new Error(`${join(root, path)}: too many levels of symbolic links`);
      if (target.startsWith('/')) done.length = 0;
      names.unshift(...namesOf(target));
    }
  }
  return join(root, ...done);
}
