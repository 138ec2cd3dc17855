import { dictionary, either, list, text } from '../base/schema.ts';
import { digest, type FileContent } from '../host/files/files.ts';
import { paths } from '../model/paths.ts';
import { type DesiredFiles, isNginx } from './compare/desired-files.ts';
import type { Machine } from './machine.ts';

export interface Change {
  /** `mode`: the text stays. */
  kind: 'add' | 'change' | 'mode' | 'remove';
  path: string;
  /** What the file is to be like; null if it is removed. */
  content: FileContent | null;
  /** Somebody else changed the file after the last install; the edits are lost. */
  isEdited: boolean;
}

/** The paths of changed texts: what a daemon may have to read again. */
export const changedTexts = (changes: readonly Change[]): string[] =>
  changes.filter(({ kind }) => kind !== 'mode').map(({ path }) => path);

/** What the last install wrote: digests of the texts by path; empty where an earlier version wrote paths alone. */
type Manifest = ReadonlyMap<string, string>;

/** By it an install knows what to remove, and edits of others. */
async function manifestOf(machine: Machine): Promise<Manifest> {
  const read = either(dictionary(text), list(text)).read(await machine.readJson(paths.manifest)) ?? {};
  return new Map(Array.isArray(read) ? read.map(path => [path, '']) : Object.entries(read));
}

const digestsOf = (wanted: ReadonlyMap<string, FileContent>): Manifest =>
  new Map([...wanted].map(([path, content]) => [path, digest(content.text)]));

/** `now`: the text on the machine. */
async function kindOf(
  machine: Machine,
  path: string,
  content: FileContent,
  now: string | null,
): Promise<Change['kind'] | null> {
  if (now !== content.text) return now === null ? 'add' : 'change';
  const mode = await machine.modeOf(path);
  return mode === null || mode === content.mode ? null : 'mode';
}

/** Whether a text is not what the last install wrote. The publish step writes nginx's files, and knows itself. */
const isEdited = (path: string, now: string | null, known: Manifest): boolean =>
  now !== null && !isNginx(path) && (known.get(path) || digest(now)) !== digest(now);

async function changeOf(
  machine: Machine,
  path: string,
  content: FileContent,
  known: Manifest,
): Promise<Change[]> {
  const now = await machine.readText(path);
  const kind = await kindOf(machine, path, content, now);
  return kind === null ? [] : [{ kind, path, content, isEdited: isEdited(path, now, known) }];
}

async function removalOf(machine: Machine, path: string, known: Manifest): Promise<Change[]> {
  const now = await machine.readText(path);
  return now === null ? [] : [{ kind: 'remove', path, content: null, isEdited: isEdited(path, now, known) }];
}

/** The changes that leave exactly the wanted files of ours on a machine. */
export async function changesTo(machine: Machine, wanted: DesiredFiles): Promise<Change[]> {
  const known = await manifestOf(machine);
  const gone = [...known.keys()].filter(path => !wanted.has(path));
  const all = await Promise.all([
    ...[...wanted].map(([path, content]) => changeOf(machine, path, content, known)),
    ...gone.map(path => removalOf(machine, path, known)),
  ]);
  return all.flat().sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Writes the changes, each file atomically. The manifest lists a file before it exists. */
export async function writeChanges(
  machine: Machine,
  changes: readonly Change[],
  wanted: ReadonlyMap<string, FileContent>,
): Promise<void> {
  const next = digestsOf(wanted);
  await writeManifest(machine, new Map([...(await manifestOf(machine)), ...next]));
  // for the administrator's first pool file
  await machine.makeFolder(paths.pools);
  for (const change of changes) await writeChange(machine, change);
  await writeManifest(machine, next);
}

async function writeChange(machine: Machine, { kind, path, content }: Change): Promise<void> {
  if (content === null) await machine.remove(path);
  // the file's own times stay: systemd would take it for a changed unit
  else if (kind === 'mode') await machine.setMode(path, content.mode);
  else await machine.write(path, content.text, content.mode);
}

const byPath = ([a]: [string, string], [b]: [string, string]): number => (a < b ? -1 : 1);

const writeManifest = (machine: Machine, files: Manifest): Promise<boolean> =>
  machine.writeIfChanged(
    paths.manifest,
    `${JSON.stringify(Object.fromEntries([...files].sort(byPath)), null, 1)}\n`,
  );
