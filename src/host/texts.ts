import { rm } from 'node:fs/promises';
import { readJson, readText, writeFileAtomic, writeIfChanged } from './files.ts';
import { paths } from './paths.ts';

/** Path to text, or to null for a file that should not be there. */
export type Texts = ReadonlyMap<string, string | null>;

/** Makes the files be as given. */
export async function put(texts: Texts): Promise<void> {
  for (const [path, text] of texts)
    if (text === null) await rm(path, { force: true });
    else await writeIfChanged(path, text);
}

/**
 * What stands where `texts` are to come, kept on disk until it is forgotten: a step that is killed half-way leaves
 * untested texts behind, which the next one must not take for the last good ones.
 */
export async function remember(texts: Texts): Promise<Texts> {
  const before = new Map<string, string | null>();
  for (const path of texts.keys()) before.set(path, await readText(path));
  for (const [path, text] of (await readJson<[string, string | null][]>(paths.undo)) ?? [])
    before.set(path, text);
  await writeFileAtomic(paths.undo, JSON.stringify([...before]));
  return before;
}

export const forget = (): Promise<void> => rm(paths.undo, { force: true });
