import { readdir, rm, rmdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { paths } from '../model/paths.ts';
import { run } from './activate.ts';

/** A file of ours, or what a killed process left beside it. */
const UNFINISHED = /(\.cgipool-(old|new))?(\.\d+\.tmp)?$/;

const oneOf =
  (...files: string[]) =>
  (name: string): boolean =>
    files.map(file => basename(file)).includes(name.replace(UNFINISHED, ''));

/** Or one that a rollback put aside: see install/rollback/restore.ts. */
const isPoolFile = (name: string): boolean =>
  /^([^.].*\.pool|cgipool\.conf)(\.rejected(-\d+)?)?$/.test(name.replace(UNFINISHED, ''));

/** Directories that an administrator may have put something into, and what in them is ours. */
const SHARED: [directory: string, isOurs: (name: string) => boolean][] = [
  [
    dirname(paths.upstreams),
    oneOf(paths.access, paths.locations, paths.streams, paths.traffic, paths.upstreams),
  ],
  [dirname(paths.accepted), oneOf(paths.accepted, paths.written)],
  [
    dirname(paths.installed),
    oneOf(paths.installed, paths.manifest, paths.secret, paths.snapshots, paths.unfinished),
  ],
];

/** Removes what is ours in a directory, and the directory unless something else is in it. Returns what it left. */
async function clear(directory: string, isOurs: (name: string) => boolean): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  const [ours, others] = [[] as string[], [] as string[]];
  for (const entry of entries) {
    const isFile = entry.isFile() || entry.isSymbolicLink();
    (isFile && isOurs(entry.name) ? ours : others).push(join(directory, entry.name));
  }
  for (const path of ours) await rm(path, { force: true });
  if (others.length === 0) await rmdir(directory).catch(() => {}); // missing
  return others;
}

/**
 * Removes what an uninstall leaves: what is stored, directories of ours and, to `purge`, the pool files. Returns what is not
 * ours there, which stays.
 */
export async function removeRemains(purge: boolean): Promise<string[]> {
  const volatile = [paths.sockets, dirname(paths.status), paths.metrics, dirname(paths.result)];
  // not by Node: other users own some of it, and only rm(1) cannot be led elsewhere by a link put there meanwhile
  await run('rm', '-rf', '--', ...volatile);
  const shared = purge ? [...SHARED, [paths.pools, isPoolFile] as const] : SHARED;
  const left: string[] = [];
  for (const [directory, isOurs] of shared) left.push(...(await clear(directory, isOurs)));
  await rmdir(paths.pools).catch(() => {}); // not empty
  return left.sort();
}
