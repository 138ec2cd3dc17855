import type { Problem } from '../base/result.ts';
import { POOL_NAME } from '../model/names.ts';
import type { Pool } from '../model/pool.ts';
import { streamPorts } from '../model/traits.ts';
import { buildPool } from './build.ts';
import { readDirectives } from './directives.ts';
import { passThrough, sections } from './keys/keys.ts';
import { onReadableLines, readLines } from './lines.ts';
import { futileIn } from './rules/futile.ts';
import { checkCombinations } from './rules/rules.ts';
import { reasonAgainstZero } from './rules/scale-to-zero.ts';
import { readSchedules, unifyScheduleNames } from './schedules.ts';
import { familyOf, readSections, type Sections, scaledSlots, sectionProblems, slotsOf } from './sections.ts';
import { findUnknown } from './unknown.ts';

/** What only one pool can have, even if the file has mistakes. Line 0: not set in the file. */
export interface PoolClaims {
  name: string;
  /** The ports by the line that names them. */
  ports: { line: number; numbers: number[] }[];
  location: { line: number; path: string | null };
}

/** A parsed pool file; `pool` is null if there are problems. */
export interface PoolFile {
  file: string;
  pool: Pool | null;
  problems: Problem[];
  /** What is allowed, and does not work. */
  warnings: Problem[];
  claims: PoolClaims;
}

/** `/etc/cgipool/search.pool` -> `search` */
export const poolNameOf = (file: string): string =>
  file.slice(file.lastIndexOf('/') + 1).replace(/\.pool$/, '');

function checkName(file: string): Problem[] {
  const name = poolNameOf(file);
  if (POOL_NAME.test(name)) return [];
  const rule = '1 to 32 lower-case letters, digits and hyphens, starting with a letter';
  return [
    { file, line: 0, message: `"${name}" is not a valid pool name: rename the file; a name is ${rule}` },
  ];
}

const claimsOf = (file: string, { pool, nginx }: Sections): PoolClaims => ({
  name: poolNameOf(file),
  ports: [
    { line: pool.lineOf('Ports'), numbers: familyOf(pool) === 'tcp' ? slotsOf(pool) : [] },
    { line: nginx.lineOf('ListenStream'), numbers: streamPorts(nginx.values.ListenStream) },
  ],
  location: { line: nginx.lineOf('Location'), path: nginx.values.Location },
});

/** Parses one pool file: the pool, or every mistake in it with its line. */
export function parsePool(file: string, text: string): PoolFile {
  const lines = readLines(file, text);
  const read = readSections(file, lines.assignments);
  const name = poolNameOf(file);
  const service = readDirectives(file, name, 'Service', lines.assignments);
  const unit = readDirectives(file, name, 'Unit', lines.assignments);
  const slice = readDirectives(file, name, 'Slice', lines.assignments);
  const { Min, Max } = read.pool.values;
  const slots = scaledSlots(read).length;
  const schedules = readSchedules(file, lines, {
    min: Min ?? 1,
    max: Max ?? slots,
    slots,
    reasonAgainstZero: reasonAgainstZero(read),
  });
  const problems = [
    ...checkName(file),
    ...lines.problems,
    ...onReadableLines(lines, [
      ...findUnknown(file, unifyScheduleNames(lines), sections, Object.keys(passThrough)),
      ...schedules.problems,
      ...sectionProblems(read),
      ...[service, unit, slice].flatMap(section => section.problems),
      ...checkCombinations(file, read),
    ]),
  ].sort((a, b) => a.line - b.line);
  const claims = claimsOf(file, read);
  if (problems.length > 0) return { file, pool: null, problems, warnings: [], claims };
  const copied = { service: service.list, unit: unit.list, slice: slice.list };
  const pool = { ...buildPool(poolNameOf(file), read), schedules: schedules.list, ...copied };
  return { file, pool, problems, warnings: futileIn(file, read), claims };
}
