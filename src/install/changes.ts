import { mkdir, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { list, text } from '../base/schema.ts';
import { readJson, readText, writeFileAtomic, writeIfChanged } from '../host/files/files.ts';
import { modeOf, paths } from '../model/paths.ts';
import type { DesiredFiles } from './desired-files.ts';

export interface Change {
  kind: 'add' | 'change' | 'remove';
  path: string;
  /** The new text; null when the file goes. */
  text: string | null;
}

/** The paths that the last install wrote: what is no longer wanted of them goes. */
export async function manifestOf(root: string): Promise<string[]> {
  return list(text).read(await readJson(join(root, paths.manifest))) ?? [];
}

async function changeOf(root: string, path: string, text: string | null): Promise<Change[]> {
  const now = await readText(join(root, path));
  if (now === text) return [];
  if (text === null) return [{ kind: 'remove', path, text }];
  return [{ kind: now === null ? 'add' : 'change', path, text }];
}

/** What has to be done below ROOT so that exactly the wanted files of ours are there. */
export async function changesTo(root: string, wanted: DesiredFiles): Promise<Change[]> {
  const gone = (await manifestOf(root)).filter(path => !wanted.has(path)).map(path => [path, null] as const);
  const all = await Promise.all([...wanted, ...gone].map(([path, text]) => changeOf(root, path, text)));
  return all.flat().sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Removes a file and the folders that it leaves empty, as far up as `stop`. */
async function remove(path: string): Promise<void> {
  await rm(path, { force: true });
  // only folders of our own are named cgipool or end in .service.d
  for (let folder = dirname(path); /\/(cgipool|[^/]*\.service\.d)$/.test(folder); folder = dirname(folder))
    await rmdir(folder).catch(() => {});
}

/** Makes the changes below ROOT, each file as a whole. The manifest names a file before it is there. */
export async function writeChanges(
  root: string,
  changes: readonly Change[],
  wanted: readonly string[],
): Promise<void> {
  const manifest = new Set([...wanted, ...(await manifestOf(root))]);
  await writeManifest(root, manifest);
  // where an administrator puts the first pool file
  await mkdir(join(root, paths.pools), { recursive: true });
  for (const { path, text } of changes)
    if (text === null) await remove(join(root, path));
    else await writeFileAtomic(join(root, path), text, modeOf(path));
  await writeManifest(root, new Set(wanted));
}

const writeManifest = (root: string, files: ReadonlySet<string>): Promise<boolean> =>
  writeIfChanged(join(root, paths.manifest), `${JSON.stringify([...files].sort(), null, 1)}\n`);
