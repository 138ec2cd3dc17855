import type { Problem } from '../base/result.ts';
import type { Schedule } from '../model/pool.ts';
import { scheduleKeys } from './keys/scale-keys.ts';
import type { Assignment, Header, Lines } from './lines.ts';
import { type ParsedSection, readSection } from './section.ts';

/** `[Schedule workdays]` */
const HEADER = /^Schedule ([A-Za-z0-9_-]{1,32})$/;

/** The limits of [Pool], which are the defaults of a schedule. */
interface PoolLimits {
  min: number;
  max: number;
  slots: number;
  /** Why the pool cannot scale to zero; null: it can. */
  reasonAgainstZero: string | null;
}

interface ParsedSchedules {
  list: Schedule[];
  problems: Problem[];
}

/** The first header of each schedule. */
const scheduleHeaders = ({ headers }: Lines): Header[] =>
  headers.filter(
    ({ name }, i) => HEADER.test(name) && headers.findIndex(header => header.name === name) === i,
  );

const tableName = (section: string): string => (HEADER.test(section) ? 'Schedule NAME' : section);

/** The lines with every schedule section renamed to `Schedule NAME`, its name in the key tables. */
export const unifyScheduleNames = (lines: Lines): Lines => ({
  ...lines,
  headers: lines.headers.map(header => ({ ...header, name: tableName(header.name) })),
  assignments: lines.assignments.map(given => ({ ...given, section: tableName(given.section) })),
});

type ScheduleSection = ParsedSection<typeof scheduleKeys>;

function checkLimits({ values, lineOf }: ScheduleSection, limits: PoolLimits): Omit<Problem, 'file'> | null {
  const { slots, reasonAgainstZero } = limits;
  const [min, max] = [values.Min ?? limits.min, values.Max ?? limits.max];
  // without slots, their absence is the mistake to report
  if (slots === 0) return null;
  const excess = `Max=${max} is more than the ${slots} slots of the pool: lower it or widen Ports= or Slots=`;
  if (max > slots) return { line: lineOf('Max'), message: excess };
  if (values.Min === 0 && reasonAgainstZero !== null)
    return { line: lineOf('Min'), message: reasonAgainstZero };
  if (min <= max) return null;
  const line = Math.max(lineOf('Min'), lineOf('Max'));
  return { line, message: `Min=${min} is more than Max=${max} in this schedule: set both` };
}

/** A missing key has no line; the header tells which of several schedules lacks it. */
const locate = (problem: Problem, { name, line }: Header): Problem =>
  problem.line > 0 ? problem : { ...problem, line, message: `[${name}]: ${problem.message}` };

function readSchedule(
  file: string,
  header: Header,
  given: readonly Assignment[],
  limits: PoolLimits,
): ParsedSchedules {
  const section = readSection(file, scheduleKeys, given);
  const { OnCalendar: onCalendar, Duration: duration, Min, Max } = section.values;
  const wrong = checkLimits(section, limits);
  const problems = section.problems.map(problem => locate(problem, header));
  if (wrong) problems.push({ file, ...wrong });
  if (onCalendar === null || duration === null) return { list: [], problems };
  const [min, max] = [Min ?? limits.min, Max ?? limits.max];
  const name = HEADER.exec(header.name)?.[1] ?? '';
  return {
    list: [{ name, onCalendar, duration, min, max, line: section.lineOf('OnCalendar') }],
    problems,
  };
}

/** Reads the schedules of a pool file, in the order of the file. */
export function readSchedules(file: string, lines: Lines, limits: PoolLimits): ParsedSchedules {
  const all = scheduleHeaders(lines).map(header => {
    const given = lines.assignments.filter(({ section }) => section === header.name);
    return readSchedule(file, header, given, limits);
  });
  return { list: all.flatMap(({ list }) => list), problems: all.flatMap(({ problems }) => problems) };
}
