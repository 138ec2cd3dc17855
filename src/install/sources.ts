import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { paths } from '../host/paths.ts';
import { type Fleet, parseFleet, type Source } from '../pool/fleet.ts';
import { err, ok, type Problem, type Result } from '../pool/result.ts';

const isSource = (name: string): boolean =>
  (name.endsWith('.pool') && !name.startsWith('.')) || name === 'cgipool.conf';

async function readSource(file: string): Promise<Result<Source, Problem>> {
  try {
    return ok({ file, text: await readFile(file, 'utf8') });
  } catch (error) {
    return err({ file, line: 0, message: `it cannot be read: ${(error as Error).message}` });
  }
}

/** The folder's names; none where there is no folder. One that cannot be read must not pass for an empty one. */
async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(error => {
    if (error.code === 'ENOENT') return [];
    throw new Error(`${folder} cannot be read: ${error.message}`);
  });
}

/** Every pool file and cgipool.conf below ROOT/etc/cgipool. */
async function sourcesBelow(root: string): Promise<string[]> {
  const folder = join(root, paths.pools);
  const names = await namesIn(folder);
  return names
    .filter(isSource)
    .sort()
    .map(name => join(folder, name));
}

/**
 * Reads and understands the files given, or all below ROOT, at once; every mistake of every file is in `problems`, one
 * that cannot be read included.
 */
export async function readFleet(root: string, files: readonly string[] = []): Promise<Fleet> {
  const read = await Promise.all((files.length > 0 ? files : await sourcesBelow(root)).map(readSource));
  const fleet = parseFleet(read.flatMap(one => (one.ok ? [one.value] : [])));
  const unread = read.flatMap(one => (one.ok ? [] : [one.error]));
  return { ...fleet, problems: [...unread, ...fleet.problems] };
}

/** The first word of a command line; in quotes it may hold blanks. */
const programOf = (exec: string): string =>
  /^[-@:]*(?:"([^"]*)"|'([^']*)'|(\S+))/.exec(exec)?.slice(1).find(Boolean) ?? '';

/** The programs of pools that cannot be executed below ROOT now, as warnings: they may be deployed later. */
export async function missingPrograms(fleet: Fleet, root: string): Promise<string[]> {
  const found = await Promise.all(
    fleet.pools.map(async ({ name, exec }) => {
      const program = programOf(exec);
      if (program.includes('%')) return [];
      const mode = await stat(join(root, program)).then(
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
