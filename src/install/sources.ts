import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { err, ok, type Problem, type Result } from '../base/result.ts';
import { type Limits, readForeign } from '../host/files/foreign.ts';
import { calendarError } from '../host/systemd/calendar.ts';
import { paths } from '../model/paths.ts';
import type { Pool } from '../model/pool.ts';
import { type Fleet, parseFleet, type Source } from '../pool-file/fleet.ts';
import { poolNameOf } from '../pool-file/pool-file.ts';
import type { Machine } from './machine.ts';

const isSource = (name: string): boolean =>
  (name.endsWith('.pool') && !name.startsWith('.')) || name === 'cgipool.conf';

/** What can be wrong with a file as such, in words with their cure; other codes speak for themselves. */
const UNREADABLE: Record<string, string> = {
  ENOENT: 'there is no such file: mend its name or what it links to',
  EISDIR: 'it is a folder: put a file in its place',
  EACCES: 'it may not be read: use sudo',
  ENXIO: 'it is no regular file: put a file in its place',
  EFBIG: 'it is larger than 1 MB: put what is so long into a file of its own',
};

/** An administrator may have linked it to where others write. */
const LIMITS: Limits = { maxBytes: 1024 * 1024, longer: 'is refused', links: 'are followed' };

export const unreadable = (file: string, { code = '', message }: NodeJS.ErrnoException): Problem => ({
  file,
  line: 0,
  message: UNREADABLE[code] ?? `it cannot be read: ${message}`,
});

const MISSING = Object.assign(new Error('no such file'), { code: 'ENOENT' });

const readSource = (file: string): Promise<Result<Source, Problem>> =>
  readForeign(file, LIMITS).then(
    found => (found ? ok({ file, text: found.text }) : err(unreadable(file, MISSING))),
    error => err(unreadable(file, error)),
  );

/** What was read, and the text of each pool file by its pool's name. */
export interface ReadFleet extends Fleet {
  texts: ReadonlyMap<string, string>;
}

/** The pool files and cgipool.conf of a machine; none where the folder is missing. */
async function sourcesOf(machine: Machine): Promise<string[]> {
  const folder = machine.at(paths.pools);
  const names = await readdir(folder).catch(error => {
    // any other error must not look like "no pools", which would stop them all
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return names
    .filter(isSource)
    .sort()
    .map(name => join(folder, name));
}

/**
 * Reads and understands all sources at once, the files given or all of a machine; every mistake of every file is in
 * `problems`, and a file that cannot be read is one.
 */
export async function readFleet(machine: Machine, files: readonly string[] = []): Promise<ReadFleet> {
  const read = await Promise.all((files.length > 0 ? files : await sourcesOf(machine)).map(readSource));
  const sources = read.flatMap(found => (found.ok ? [found.value] : []));
  const fleet = await checkCalendars(parseFleet(sources), sources);
  const missed = read.flatMap(found => (found.ok ? [] : [found.error]));
  const texts = new Map(sources.map(({ file, text }) => [poolNameOf(file), text]));
  return { ...fleet, problems: [...missed, ...fleet.problems], texts };
}

/** The first word of a command line; in quotes it may hold blanks. */
const programOf = (exec: string): string =>
  /^[-@:]*(?:"([^"]*)"|'([^']*)'|(\S+))/.exec(exec)?.slice(1).find(Boolean) ?? '';

/** The programs of pools that cannot be executed on a machine now, as warnings: they may be deployed later. */
export async function missingPrograms(fleet: Fleet, machine: Machine): Promise<string[]> {
  const found = await Promise.all(
    fleet.pools.map(async ({ name, exec }) => {
      const program = programOf(exec);
      if (program.includes('%')) return [];
      return (await machine.isExecutable(program))
        ? []
        : [`${name}.pool: ${program} is no executable file: install it or mend Exec=`];
    }),
  );
  return found.flat();
}

async function wrongEvents(file: string, { schedules }: Pool): Promise<Problem[]> {
  const found = await Promise.all(
    schedules.map(async ({ onCalendar, line }) => {
      const error = await calendarError(onCalendar);
      const message = `OnCalendar=${onCalendar} is no calendar event: see systemd.time(7), and try systemd-analyze calendar`;
      return error === null ? [] : [{ file, line, message }];
    }),
  );
  return found.flat();
}

/** Has systemd itself read the calendar events; a pool with a wrong one is left out. */
export async function checkCalendars(fleet: Fleet, sources: readonly Source[]): Promise<Fleet> {
  const files = new Map(sources.map(({ file }) => [poolNameOf(file), file]));
  const wrong = await Promise.all(fleet.pools.map(pool => wrongEvents(files.get(pool.name) ?? '', pool)));
  return {
    ...fleet,
    pools: fleet.pools.filter((_, i) => wrong[i]?.length === 0),
    problems: [...fleet.problems, ...wrong.flat()],
  };
}
