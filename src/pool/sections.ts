import { healthKeys } from './health-keys.ts';
import type { Assignment } from './lines.ts';
import { nginxKeys } from './nginx-keys.ts';
import { poolKeys } from './pool-keys.ts';
import type { Problem } from './result.ts';
import { scaleKeys } from './scale-keys.ts';
import { type Read, readSection } from './section.ts';

/** cgipool's own sections of a pool file, as read. */
export interface Sections {
  pool: Read<typeof poolKeys>;
  health: Read<typeof healthKeys>;
  scale: Read<typeof scaleKeys>;
  nginx: Read<typeof nginxKeys>;
}

export function readSections(file: string, given: readonly Assignment[]): Sections {
  const of = (section: string): Assignment[] => given.filter(a => a.section === section);
  return {
    pool: readSection(file, poolKeys, of('Pool')),
    health: readSection(file, healthKeys, of('Health')),
    scale: readSection(file, scaleKeys, of('Scale')),
    nginx: readSection(file, nginxKeys, of('Nginx')),
  };
}

export const sectionProblems = (read: Sections): Problem[] =>
  Object.values(read).flatMap((section: { problems: Problem[] }) => section.problems);

/** Slots= of a unix pool that names none. */
const TEN = Array.from({ length: 10 }, (_, i) => i + 1);

/** The slots that Ports= or Slots= name. */
export const slotsOf = ({ values: v }: Sections['pool']): number[] =>
  v.Listen === 'unix' ? (v.Slots ?? TEN) : (v.Ports ?? []);
