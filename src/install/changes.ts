import { join } from 'node:path';
import { readJson, readText } from '../host/files.ts';
import { paths } from '../host/paths.ts';
import { isText, listOf } from '../pool/shape.ts';
import type { Wanted } from './wanted.ts';

export interface Change {
  kind: 'add' | 'change' | 'remove';
  path: string;
  /** The new text; null when the file goes. */
  text: string | null;
}

/** The paths that the last install wrote: what is no longer wanted of them goes. */
export async function manifestOf(root: string): Promise<string[]> {
  const found = await readJson<string[]>(join(root, paths.manifest));
  return listOf(isText)(found) ? (found ?? []) : [];
}

async function changeOf(root: string, path: string, text: string | null): Promise<Change[]> {
  const now = await readText(join(root, path));
  if (now === text) return [];
  if (text === null) return [{ kind: 'remove', path, text }];
  return [{ kind: now === null ? 'add' : 'change', path, text }];
}

/** What has to be done below ROOT so that exactly the wanted files of ours are there. */
export async function changesTo(root: string, wanted: Wanted): Promise<Change[]> {
  const gone = (await manifestOf(root)).filter(path => !wanted.has(path)).map(path => [path, null] as const);
  const all = await Promise.all([...wanted, ...gone].map(([path, text]) => changeOf(root, path, text)));
  return all.flat().sort((a, b) => (a.path < b.path ? -1 : 1));
}
