import { link, rename, rm } from 'node:fs/promises';
import { readText, writeFileAtomic } from './files.ts';

/*
 * Several files changed as one, on a disk that may be full: all new texts are on it before the first old one goes, and
 * the old ones stay beside them, so that taking them back needs no space. nginx reads neither: they do not end in .conf.
 */
const NEW = '.cgipool-new';
const OLD = '.cgipool-old';

/** Path to text, or to null for a file that should not be there. */
export type Texts = ReadonlyMap<string, string | null>;

const ifThere = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'ENOENT') throw error;
};

async function stage(texts: Texts): Promise<string[]> {
  const changed: string[] = [];
  for (const [path, text] of texts) {
    if ((await readText(path)) === text) continue;
    changed.push(path);
    if (text !== null) await writeFileAtomic(path + NEW, text);
  }
  return changed;
}

/** Makes the files be as given; returns those that differed. On an error all are as they were. */
export async function swapIn(texts: Texts): Promise<string[]> {
  const changed = await stage(texts).catch(async error => {
    for (const path of texts.keys()) await rm(path + NEW, { force: true });
    throw error;
  });
  for (const path of changed) {
    await rm(path + OLD, { force: true });
    await link(path, path + OLD).catch(ifThere);
    if (texts.get(path) === null) await rm(path, { force: true });
    else await rename(path + NEW, path);
  }
  return changed;
}

/** Makes the files that were swapped in be as they were before. */
export async function putBack(changed: readonly string[]): Promise<void> {
  for (const path of changed) {
    await rm(path, { force: true });
    await rename(path + OLD, path).catch(ifThere);
  }
}

/** Forgets what was before. */
export async function dropOld(changed: readonly string[]): Promise<void> {
  for (const path of changed) await rm(path + OLD, { force: true });
}
