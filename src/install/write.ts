import { mkdir, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeFileAtomic, writeIfChanged } from '../host/files.ts';
import { modeOf, paths } from '../host/paths.ts';
import { type Change, manifestOf } from './changes.ts';

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
