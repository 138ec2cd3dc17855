import { join } from 'node:path';
import { err, ok, type Problem, type Result } from '../base/result.ts';
import { type ForeignFile, type Limits, readForeign } from '../host/files/foreign.ts';
import { calendarError } from '../host/systemd/calendar.ts';
import { paths } from '../model/paths.ts';
import type { Pool } from '../model/pool.ts';
import { type Fleet, parseFleet, type Source } from '../pool-file/fleet.ts';
import { poolNameOf } from '../pool-file/pool-file.ts';
import type { Machine } from './machine.ts';

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
interface ReadSource extends Source {
  /** Permission bits. */
  mode: number;
}

/** `file`: as messages name it. */
const readSource = (file: string, read: Promise<ForeignFile | null>): Promise<Result<ReadSource, Problem>> =>
  read.then(
    found => (found ? ok({ file, text: found.text, mode: found.mode }) : err(unreadable(file, MISSING))),
    error => err(unreadable(file, error)),
  );

/** The parsed fleet, and the text of each pool file by pool name. */
export interface ReadFleet extends Fleet {
  texts: ReadonlyMap<string, string>;
  /** Whether not everybody may read the pool file, by pool name. */
  restrictions: ReadonlyMap<string, boolean>;
}

/** For users other than root and the file's own. */
const isRestricted = ({ mode }: ReadSource): boolean => (mode & 0o004) === 0;

/** The pool files and cgipool.conf of a machine; none if the directory is missing. */
async function sourcesOf(machine: Machine): Promise<string[]> {
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

/**
 * Reads and parses the given files, or all of a machine. `problems` has every mistake in every file, unreadable files
 * included.
 */
export async function readFleet(machine: Machine, files: readonly string[] = []): Promise<ReadFleet> {
  const read = await Promise.all(await startReading(machine, files));
  const sources = read.flatMap(found => (found.ok ? [found.value] : []));
  const fleet = await checkCalendars(parseFleet(sources), sources);
  const missed = read.flatMap(found => (found.ok ? [] : [found.error]));
  const texts = new Map(sources.map(({ file, text }) => [poolNameOf(file), text]));
  const restrictions = new Map(sources.map(source => [poolNameOf(source.file), isRestricted(source)]));
  return { ...fleet, problems: [...missed, ...fleet.problems], texts, restrictions };
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
