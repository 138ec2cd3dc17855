import { basename, join } from 'node:path';
import { err, ok, type Problem, type Result } from '../../base/result.ts';
import type { FileContent } from '../../host/files/files.ts';
import { type ForeignFile, type Limits, readForeign } from '../../host/files/foreign.ts';
import { calendarError } from '../../host/systemd/calendar.ts';
import { paths } from '../../model/paths.ts';
import type { Pool } from '../../model/pool.ts';
import { type Fleet, parseFleet, type Source } from '../../pool-file/fleet.ts';
import { poolNameOf } from '../../pool-file/pool-file.ts';
import type { Machine } from '../machine.ts';
import type { Files } from '../snapshots/snapshot.ts';

const isSource = (name: string): boolean =>
  (name.endsWith('.pool') && !name.startsWith('.')) || name === 'cgipool.conf';

/** Common reasons why a file cannot be read, and what to do; other errors have a message of their own. */
const UNREADABLE: Record<string, string> = {
  ENOENT: 'no such file: fix its name or the target of its link',
  EISDIR: 'it is a directory: replace it by a file',
  EACCES: 'permission denied: use sudo',
  ENXIO: 'not a regular file: replace it by one',
  EFBIG: 'larger than 1 MB: move long parts to files of their own',
};

/** An administrator's links are followed, even to files that others can write. */
const LIMITS: Limits = { maxBytes: 1024 * 1024, longer: 'is refused', links: 'are followed' };

export const unreadable = (file: string, { code = '', message }: NodeJS.ErrnoException): Problem => ({
  file,
  line: 0,
  message: UNREADABLE[code] ?? `it cannot be read: ${message}`,
});

const MISSING = Object.assign(new Error('no such file'), { code: 'ENOENT' });

/** A pool file as read. */
type ReadSource = Source & FileContent;

/** `file`: as messages name it. */
const readSource = (file: string, read: Promise<ForeignFile | null>): Promise<Result<ReadSource, Problem>> =>
  read.then(
    found =>
      found ? ok({ file, text: found.text, mode: found.mode & 0o777 }) : err(unreadable(file, MISSING)),
    error => err(unreadable(file, error)),
  );

/** The parsed fleet, and the files that it was read from. */
export interface ReadFleet extends Fleet {
  files: Files;
}

/** Whether not everybody may read the file: users other than root and its own. */
export const isRestricted = ({ mode }: FileContent): boolean => (mode & 0o004) === 0;

/** The pool files and cgipool.conf of a machine; none if the directory is missing. */
export async function sourcesOf(machine: Machine): Promise<string[]> {
  const names = await machine.list(paths.pools).catch(error => {
    // other errors must not look like "no pools", which would stop them all
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return names
    .filter(isSource)
    .sort()
    .map(name => join(paths.pools, name));
}

const startReading = async (
  machine: Machine,
  files: readonly string[],
): Promise<Promise<Result<ReadSource, Problem>>[]> =>
  files.length > 0
    ? files.map(file => readSource(file, readForeign(file, LIMITS)))
    : (await sourcesOf(machine)).map(path => readSource(machine.at(path), machine.read(path, LIMITS)));

/** Parses files of /etc/cgipool, which need not be there as they are here. */
export async function parseFiles(machine: Machine, files: Files): Promise<ReadFleet> {
  const at = (name: string): string => machine.at(join(paths.pools, name));
  return parseSources([...files].map(([name, content]) => ({ ...content, file: at(name) })));
}

async function parseSources(sources: readonly ReadSource[]): Promise<ReadFleet> {
  const fleet = await checkCalendars(parseFleet(sources), sources);
  return {
    ...fleet,
    files: new Map(sources.map(({ file, text, mode }) => [basename(file), { text, mode }])),
  };
}

/**
 * Reads and parses the given files, or all of a machine. `problems` has every mistake in every file, unreadable files
 * included.
 */
export async function readFleet(machine: Machine, files: readonly string[] = []): Promise<ReadFleet> {
  const read = await Promise.all(await startReading(machine, files));
  const fleet = await parseSources(read.flatMap(found => (found.ok ? [found.value] : [])));
  const missed = read.flatMap(found => (found.ok ? [] : [found.error]));
  return { ...fleet, problems: [...missed, ...fleet.problems] };
}

async function wrongEvents(file: string, { schedules }: Pool): Promise<Problem[]> {
  const found = await Promise.all(
    schedules.map(async ({ onCalendar, line }) => {
      const error = await calendarError(onCalendar);
      const message = `OnCalendar=${onCalendar} is not a calendar event: see systemd.time(7), and try systemd-analyze calendar`;
      return error === null ? [] : [{ file, line, message }];
    }),
  );
  return found.flat();
}

/** Has systemd check the calendar events, and drops pools with a wrong one. */
async function checkCalendars(fleet: Fleet, sources: readonly Source[]): Promise<Fleet> {
  const files = new Map(sources.map(({ file }) => [poolNameOf(file), file]));
  const wrong = await Promise.all(fleet.pools.map(pool => wrongEvents(files.get(pool.name) ?? '', pool)));
  return {
    ...fleet,
    pools: fleet.pools.filter((_, i) => wrong[i]?.length === 0),
    problems: [...fleet.problems, ...wrong.flat()],
  };
}
