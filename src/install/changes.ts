import { list, text } from '../base/schema.ts';
import { modeOf, paths } from '../model/paths.ts';
import type { DesiredFiles } from './desired-files.ts';
import type { Machine } from './machine.ts';

export interface Change {
  kind: 'add' | 'change' | 'remove';
  path: string;
  /** The new text; null when the file goes. */
  text: string | null;
}

/** The paths that the last install wrote: what is no longer wanted of them goes. */
export async function manifestOf(machine: Machine): Promise<string[]> {
  return list(text).read(await machine.readJson(paths.manifest)) ?? [];
}

async function changeOf(machine: Machine, path: string, text: string | null): Promise<Change[]> {
  const now = await machine.readText(path);
  if (now === text) return [];
  if (text === null) return [{ kind: 'remove', path, text }];
  return [{ kind: now === null ? 'add' : 'change', path, text }];
}

/** What has to be done on a machine so that exactly the wanted files of ours are there. */
export async function changesTo(machine: Machine, wanted: DesiredFiles): Promise<Change[]> {
  const gone = (await manifestOf(machine))
    .filter(path => !wanted.has(path))
    .map(path => [path, null] as const);
  const all = await Promise.all([...wanted, ...gone].map(([path, text]) => changeOf(machine, path, text)));
  return all.flat().sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Makes the changes, each file as a whole. The manifest names a file before it is there. */
export async function writeChanges(
  machine: Machine,
  changes: readonly Change[],
  wanted: readonly string[],
): Promise<void> {
  const manifest = new Set([...wanted, ...(await manifestOf(machine))]);
  await writeManifest(machine, manifest);
  // where an administrator puts the first pool file
  await machine.makeFolder(paths.pools);
  for (const { path, text } of changes)
    if (text === null) await machine.remove(path);
    else await machine.write(path, text, modeOf(path));
  await writeManifest(machine, new Set(wanted));
}

const writeManifest = (machine: Machine, files: ReadonlySet<string>): Promise<boolean> =>
  machine.writeIfChanged(paths.manifest, `${JSON.stringify([...files].sort(), null, 1)}\n`);
