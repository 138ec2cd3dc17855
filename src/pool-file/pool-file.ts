import type { Problem } from '../base/result.ts';
import { POOL_NAME } from '../model/names.ts';
import type { Pool } from '../model/pool.ts';
import { streamPorts } from '../model/traits.ts';
import { buildPool } from './build.ts';
import { directives } from './directives.ts';
import { passThrough, sections } from './keys/keys.ts';
import { ofReadable, readLines } from './lines.ts';
import { crossCheck } from './rules/rules.ts';
import { sleepless } from './rules/scale-to-zero.ts';
import { readSchedules, underOneName } from './schedules.ts';
import { familyOf, readSections, type Sections, scaledSlots, sectionProblems, slotsOf } from './sections.ts';
import { unknowns } from './unknown.ts';

/** What a pool file wants for itself alone, also when the file has a mistake. Line 0: not given. */
export interface Wants {
  name: string;
  /** Each line that names ports. */
  ports: { line: number; numbers: number[] }[];
  location: { line: number; path: string | null };
}

/** A pool file understood, or why not. */
export interface PoolFile {
  file: string;
  pool: Pool | null;
  problems: Problem[];
  wants: Wants;
}

/** `/etc/cgipool/search.pool` -> `search` */
export const poolNameOf = (file: string): string =>
  file.slice(file.lastIndexOf('/') + 1).replace(/\.pool$/, '');

function nameProblems(file: string): Problem[] {
  const name = poolNameOf(file);
  if (POOL_NAME.test(name)) return [];
  const rule = '1 to 32 lower-case letters, digits and hyphens, a letter first';
  return [{ file, line: 0, message: `"${name}" is no pool name: rename the file; names are ${rule}` }];
}

const wantsOf = (file: string, { pool, nginx }: Sections): Wants => ({
  name: poolNameOf(file),
  ports: [
    { line: pool.lineOf('Ports'), numbers: familyOf(pool) === 'tcp' ? slotsOf(pool) : [] },
    { line: nginx.lineOf('ListenStream'), numbers: streamPorts(nginx.values.ListenStream) },
  ],
  location: { line: nginx.lineOf('Location'), path: nginx.values.Location },
});

/** Understands one pool file: the pool, or every mistake in it with its line. */
export function parsePool(file: string, text: string): PoolFile {
  const lines = readLines(file, text);
  const read = readSections(file, lines.assignments);
  const name = poolNameOf(file);
  const service = directives(file, name, 'Service', lines.assignments);
  const unit = directives(file, name, 'Unit', lines.assignments);
  const slice = directives(file, name, 'Slice', lines.assignments);
  const { Min, Max } = read.pool.values;
  const slots = scaledSlots(read).length;
  const schedules = readSchedules(file, lines, {
    min: Min ?? 1,
    max: Max ?? slots,
    slots,
    sleepless: sleepless(read),
  });
  const problems = [
    ...nameProblems(file),
    ...lines.problems,
    ...ofReadable(lines, [
      ...unknowns(file, underOneName(lines), sections, Object.keys(passThrough)),
      ...schedules.problems,
      ...sectionProblems(read),
      ...[service, unit, slice].flatMap(section => section.problems),
      ...crossCheck(file, read),
    ]),
  ].sort((a, b) => a.line - b.line);
  const wants = wantsOf(file, read);
  if (problems.length > 0) return { file, pool: null, problems, wants };
  const copied = { service: service.list, unit: unit.list, slice: slice.list };
  const pool = { ...buildPool(poolNameOf(file), read), schedules: schedules.list, ...copied };
  return { file, pool, problems, wants };
}
