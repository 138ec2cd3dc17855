import { link, lstat, readlink, rename, rm, symlink } from 'node:fs/promises';
import { modeOf } from '../../model/paths.ts';
import { readText, writeFileAtomic } from '../files/files.ts';

/*
 * Several files changed as one, on a disk that may be full, by a process that may be killed. All new texts are on the
 * disk before the first old one goes, and the old ones stay beside them until all is well: taking them back needs no
 * space, and whoever comes next does so where somebody was killed. nginx reads neither: they do not end in .conf.
 */
const NEW = '.cgipool-new';
const OLD = '.cgipool-old';
/** What a file's OLD links to where there was none. */
const ABSENT = 'absent';

/** Path to text, or to null for a file that should not be there. */
export type ConfigTexts = ReadonlyMap<string, string | null>;

const ifThere = (error: NodeJS.ErrnoException): null => {
  if (error.code === 'ENOENT') return null;
  throw error;
};

/** Keeps what is there under a second name. */
const keepOld = (path: string): Promise<unknown> =>
  link(path, path + OLD).catch(error => {
    ifThere(error);
    return symlink(ABSENT, path + OLD);
  });

async function prepare(texts: ConfigTexts): Promise<string[]> {
  const changed: string[] = [];
  for (const [path, text] of texts) {
    if ((await readText(path)) === text) continue;
    changed.push(path);
    if (text !== null) await writeFileAtomic(path + NEW, text, modeOf(path));
    await keepOld(path);
  }
  return changed;
}

/** Makes the files be as given; returns those that differed. On an error all are as they were. */
export async function stage(texts: ConfigTexts): Promise<string[]> {
  const all = [...texts.keys()];
  await rollBack(all); // of one that was killed
  const changed = await prepare(texts).catch(async error => {
    await commit(all);
    throw error;
  });
  for (const path of changed)
    if (texts.get(path) === null) await rm(path, { force: true });
    else await rename(path + NEW, path);
  return changed;
}

async function rollBackOne(path: string): Promise<void> {
  const old = await lstat(path + OLD).catch(ifThere);
  if (!old) return;
  const now = await lstat(path).catch(ifThere);
  if (old.isSymbolicLink() && (await readlink(path + OLD)) === ABSENT) await rm(path, { force: true });
  // two names of one file: rename() would leave both
  else if (now?.ino !== old.ino) await rename(path + OLD, path);
}

/** Makes the files that were swapped in be as they were before; those that were not stay. */
export async function rollBack(changed: readonly string[]): Promise<void> {
  for (const path of changed) await rollBackOne(path);
  await commit(changed);
}

/** Forgets what was before. */
export async function commit(changed: readonly string[]): Promise<void> {
  for (const path of changed) for (const suffix of [NEW, OLD]) await rm(path + suffix, { force: true });
}
