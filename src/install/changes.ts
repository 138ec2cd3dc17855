import { list, text } from '../base/schema.ts';
import type { FileContent } from '../host/files/files.ts';
import { paths } from '../model/paths.ts';
import type { DesiredFiles } from './compare/desired-files.ts';
import type { Machine } from './machine.ts';

export interface Change {
  /** `mode`: the text stays. */
  kind: 'add' | 'change' | 'mode' | 'remove';
  path: string;
  /** What the file is to be like; null if it is removed. */
  content: FileContent | null;
}

/** The paths of changed texts: what a daemon may have to read again. */
export const changedTexts = (changes: readonly Change[]): string[] =>
  changes.filter(({ kind }) => kind !== 'mode').map(({ path }) => path);

/** The paths that the last install wrote; those no longer wanted are removed. */
async function manifestOf(machine: Machine): Promise<string[]> {
  return list(text).read(await machine.readJson(paths.manifest)) ?? [];
}

async function kindOf(machine: Machine, path: string, content: FileContent): Promise<Change['kind'] | null> {
  const now = await machine.readText(path);
  if (now !== content.text) return now === null ? 'add' : 'change';
  const mode = await machine.modeOf(path);
  return mode === null || mode === content.mode ? null : 'mode';
}

async function changeOf(machine: Machine, path: string, content: FileContent): Promise<Change[]> {
  const kind = await kindOf(machine, path, content);
  return kind === null ? [] : [{ kind, path, content }];
}

async function removalOf(machine: Machine, path: string): Promise<Change[]> {
  return (await machine.readText(path)) === null ? [] : [{ kind: 'remove', path, content: null }];
}

/** The changes that leave exactly the wanted files of ours on a machine. */
export async function changesTo(machine: Machine, wanted: DesiredFiles): Promise<Change[]> {
  const gone = (await manifestOf(machine)).filter(path => !wanted.has(path));
  const all = await Promise.all([
    ...[...wanted].map(([path, content]) => changeOf(machine, path, content)),
    ...gone.map(path => removalOf(machine, path)),
  ]);
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
  for (const change of changes) await writeChange(machine, change);
  await writeManifest(machine, new Set(wanted));
}

async function writeChange(machine: Machine, { kind, path, content }: Change): Promise<void> {
  if (content === null) await machine.remove(path);
  // the file's own times stay: systemd would take it for a changed unit
  else if (kind === 'mode') await machine.setMode(path, content.mode);
  else await machine.write(path, content.text, content.mode);
}

const writeManifest = (machine: Machine, files: ReadonlySet<string>): Promise<boolean> =>
  machine.writeIfChanged(paths.manifest, `${JSON.stringify([...files].sort(), null, 1)}\n`);
