import { link, lstat, readlink, rename, rm, symlink } from 'node:fs/promises';
import { type FileContent, isAsWanted, writeFileAtomic } from '../files/files.ts';

/*
 * Changes several files as one, on a disk that may be full, in a process that may be killed. All new texts are on disk
 * before the first old one is replaced, and the old ones stay beside them until the commit: rolling back needs no space,
 * and the next run rolls back after a kill. nginx reads neither, since they do not end in .conf.
 */
const NEW = '.cgipool-new';
const OLD = '.cgipool-old';
/** The link target of a file's OLD when the file did not exist. */
const ABSENT = 'absent';

/** Path to content, or to null for a file that should not be there. */
export type ConfigFiles = ReadonlyMap<string, FileContent | null>;

const nullIfMissing = (error: NodeJS.ErrnoException): null => {
  if (error.code === 'ENOENT') return null;
  throw error;
};

/** Keeps the current file under a second name. */
const keepOld = (path: string): Promise<unknown> =>
  link(path, path + OLD).catch(error => {
    nullIfMissing(error);
    return symlink(ABSENT, path + OLD);
  });

async function prepare(files: ConfigFiles): Promise<string[]> {
  const changed: string[] = [];
  for (const [path, content] of files) {
    if (await isAsWanted(path, content)) continue;
    changed.push(path);
    if (content) await writeFileAtomic(path + NEW, content.text, content.mode);
    await keepOld(path);
  }
  return changed;
}

/** Writes the files; returns those that differed. On an error all are unchanged. */
export async function stage(files: ConfigFiles): Promise<string[]> {
  const all = [...files.keys()];
  await rollBack(all); // after a run that was killed
  const changed = await prepare(files).catch(async error => {
    await commit(all);
    throw error;
  });
  for (const path of changed)
    if (files.get(path) === null) await rm(path, { force: true });
    else await rename(path + NEW, path);
  return changed;
}

async function rollBackOne(path: string): Promise<void> {
  const old = await lstat(path + OLD).catch(nullIfMissing);
  if (!old) return;
  const now = await lstat(path).catch(nullIfMissing);
  if (old.isSymbolicLink() && (await readlink(path + OLD)) === ABSENT) await rm(path, { force: true });
  // with two names for one file, rename() would leave both
  else if (now?.ino !== old.ino) await rename(path + OLD, path);
}

/** Restores the files that were replaced. */
export async function rollBack(changed: readonly string[]): Promise<void> {
  for (const path of changed) await rollBackOne(path);
  await commit(changed);
}

/** Drops the old files. */
export async function commit(changed: readonly string[]): Promise<void> {
  for (const path of changed) for (const suffix of [NEW, OLD]) await rm(path + suffix, { force: true });
}
