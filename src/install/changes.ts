import { list, text } from '../base/schema.ts';
import { modeOf, paths } from '../model/paths.ts';
import type { DesiredFiles } from './desired-files.ts';
import type { Machine } from './machine.ts';

export interface Change {
  kind: 'add' | 'change' | 'remove';
  path: string;
  /** The new text; null if the file is removed. */
  text: string | null;
}

/** The paths that the last install wrote; those no longer wanted are removed. */
async function manifestOf(machine: Machine): Promise<string[]> {
  return list(text).read(await machine.readJson(paths.manifest)) ?? [];
}

async function changeOf(machine: Machine, path: string, text: string | null): Promise<Change[]> {
  const now = await machine.readText(path);
  if (now === text) return [];
  if (text === null) return [{ kind: 'remove', path, text }];
  return [{ kind: now === null ? 'add' : 'change', path, text }];
}

/** The changes that leave exactly the wanted files of ours on a machine. */
export async function changesTo(machine: Machine, wanted: DesiredFiles): Promise<Change[]> {
  const gone = (await manifestOf(machine))
    .filter(path => !wanted.has(path))
    .map(path => [path, null] as const);
  const all = await Promise.all([...wanted, ...gone].map(([path, text]) => changeOf(machine, path, text)));
  return all.flat().sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Writes the changes, each file atomically. The manifest lists a file before it exists. */
export async function writeChanges(
  machine: Machine,
  changes: readonly Change[],
  wanted: readonly string[],
): Promise<void> {
  const manifest = new Set([...wanted, ...(await manifestOf(machine))]);
  await writeManifest(machine, manifest);
  // for the administrator's first pool file
  await machine.makeFolder(paths.pools);
  for (const { path, text } of changes)
    if (text === null) await machine.remove(path);
    else await machine.write(path, text, modeOf(path));
  await writeManifest(machine, new Set(wanted));
}

const writeManifest = (machine: Machine, files: ReadonlySet<string>): Promise<boolean> =>
  machine.writeIfChanged(paths.manifest, `${JSON.stringify([...files].sort(), null, 1)}\n`);
