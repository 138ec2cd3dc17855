import type { Problem } from '../base/result.ts';
import type { Schedule } from '../model/pool.ts';
import { scheduleKeys } from './keys/scale-keys.ts';
import type { Assignment, Lines } from './lines.ts';
import { type Read, readSection } from './section.ts';

/** `[Schedule workdays]` */
const HEADER = /^Schedule ([A-Za-z0-9_-]{1,32})$/;

/** The pool's own bounds, which a schedule takes over where it says nothing. */
interface Bounds {
  min: number;
  max: number;
  slots: number;
  /** Why there must always be an instance; null: there need not. */
  sleepless: string | null;
}

export interface Schedules {
  list: Schedule[];
  problems: Problem[];
}

const headersOf = ({ headers }: Lines): string[] => [
  ...new Set(headers.map(({ name }) => name).filter(name => HEADER.test(name))),
];

const anyName = (section: string): string => (HEADER.test(section) ? 'Schedule NAME' : section);

/** The lines with every schedule under the one name that the key tables have. */
export const underOneName = (lines: Lines): Lines => ({
  ...lines,
  headers: lines.headers.map(header => ({ ...header, name: anyName(header.name) })),
  assignments: lines.assignments.map(given => ({ ...given, section: anyName(given.section) })),
});

type ScheduleRead = Read<typeof scheduleKeys>;

function misfit({ values, lineOf }: ScheduleRead, bounds: Bounds): Omit<Problem, 'file'> | null {
  const { min, max, slots, sleepless } = bounds;
  const [least, greatest] = [values.Min ?? min, values.Max ?? max];
  // without any slots the mistake is another one
  if (slots === 0) return null;
  if (greatest > slots)
    return {
      line: lineOf('Max'),
      message: `Max=${greatest} is more than the ${slots} slots of the pool: lower it or widen Ports= or Slots=`,
    };
  if (values.Min === 0 && sleepless !== null) return { line: lineOf('Min'), message: sleepless };
  if (least <= greatest) return null;
  const line = Math.max(lineOf('Min'), lineOf('Max'));
  return { line, message: `Min=${least} is more than Max=${greatest} in this schedule: set both` };
}

function readOne(file: string, header: string, given: readonly Assignment[], line: number, bounds: Bounds) {
  const read = readSection(file, scheduleKeys, given);
  const { OnCalendar, Duration, Min, Max } = read.values;
  const wrong = misfit(read, bounds);
  // what is missing is missing in this section, of which there may be several
  const problems = [
    ...read.problems.map(p => (p.line > 0 ? p : { ...p, line, message: `[${header}]: ${p.message}` })),
    ...(wrong ? [{ file, ...wrong }] : []),
  ];
  const [min, max] = [Min ?? bounds.min, Max ?? bounds.max];
  const name = HEADER.exec(header)?.[1] ?? '';
  if (OnCalendar === null || Duration === null) return { list: [], problems };
  const at = read.lineOf('OnCalendar');
  return { list: [{ name, onCalendar: OnCalendar, duration: Duration, min, max, line: at }], problems };
}

/** Reads the schedules of a pool file, in its order. */
export function readSchedules(file: string, lines: Lines, bounds: Bounds): Schedules {
  const all = headersOf(lines).map(header => {
    const given = lines.assignments.filter(a => a.section === header);
    const line = lines.headers.find(({ name }) => name === header)?.line ?? 0;
    return readOne(file, header, given, line, bounds);
  });
  return { list: all.flatMap(s => s.list), problems: all.flatMap(s => s.problems) };
}
