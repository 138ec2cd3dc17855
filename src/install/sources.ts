import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { paths } from '../host/paths.ts';
import { type Fleet, parseFleet } from '../pool/fleet.ts';

/** A pool file or cgipool.conf, as read. */
export interface Source {
  file: string;
  text: string;
}

const isSource = (name: string): boolean =>
  (name.endsWith('.pool') && !name.startsWith('.')) || name === 'cgipool.conf';

const readSource = async (file: string): Promise<Source> => ({ file, text: await readFile(file, 'utf8') });

/** The files given, or every pool file and cgipool.conf below ROOT/etc/cgipool; none where the folder is missing. */
export async function readSources(root: string, files: readonly string[] = []): Promise<Source[]> {
  if (files.length > 0) return Promise.all(files.map(readSource));
  const folder = join(root, paths.pools);
  const names = await readdir(folder).catch(() => []);
  return Promise.all(
    names
      .filter(isSource)
      .sort()
      .map(name => readSource(join(folder, name))),
  );
}

/** Reads and understands all sources at once; every mistake of every file is in `problems`. */
export const readFleet = async (root: string, files: readonly string[] = []): Promise<Fleet> =>
  parseFleet(await readSources(root, files));

const programOf = (exec: string): string => exec.replace(/^[-@:]+/, '').split(/\s/, 1)[0] ?? '';

/** The programs of pools that cannot be executed now, as warnings: they may be deployed later. */
export async function missingPrograms(fleet: Fleet): Promise<string[]> {
  const found = await Promise.all(
    fleet.pools.map(async ({ name, exec }) => {
      const program = programOf(exec);
      if (program.includes('%')) return [];
      const mode = await stat(program).then(
        s => (s.isFile() ? s.mode : 0),
        () => 0,
      );
      return (mode & 0o111) === 0
        ? [`${name}.pool: ${program} is no executable file: install it or mend Exec=`]
        : [];
    }),
  );
  return found.flat();
}
