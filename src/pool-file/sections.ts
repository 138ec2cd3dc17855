import type { Problem } from '../base/result.ts';
import type { Listen } from '../model/pool.ts';
import { healthKeys } from './keys/health-keys.ts';
import { nginxKeys } from './keys/nginx-keys.ts';
import { poolKeys } from './keys/pool-keys.ts';
import { scaleKeys } from './keys/scale-keys.ts';
import type { Assignment } from './lines.ts';
import { type ParsedSection, readSection } from './section.ts';

/** The sections of a pool file that have key tables, parsed. */
export interface Sections {
  pool: ParsedSection<typeof poolKeys>;
  health: ParsedSection<typeof healthKeys>;
  scale: ParsedSection<typeof scaleKeys>;
  nginx: ParsedSection<typeof nginxKeys>;
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

/** Default of Slots= with Listen=unix. */
const DEFAULT_SLOTS = Array.from({ length: 10 }, (_, i) => i + 1);

/** The kind of address that nginx connects to; with Listen=fd, Ports= or Slots= decides. */
export const familyOf = ({ values: v, lineOf }: Sections['pool']): Listen =>
  v.Listen === 'unix' || (v.Listen === 'fd' && lineOf('Slots') > 0) ? 'unix' : 'tcp';

/** The key that names the pool's slots, as messages write it. */
export const slotKeyOf = (pool: Sections['pool']): 'Ports=' | 'Slots=' =>
  familyOf(pool) === 'unix' ? 'Slots=' : 'Ports=';

/** The slots that Ports= or Slots= name, backups included. */
export const slotsOf = (pool: Sections['pool']): number[] =>
  familyOf(pool) === 'unix' ? (pool.values.Slots ?? DEFAULT_SLOTS) : (pool.values.Ports ?? []);

/** The slots for Min= to Max= instances: all but the backups. */
export const scaledSlots = ({ pool, nginx }: Pick<Sections, 'pool' | 'nginx'>): number[] => {
  const backup = new Set(nginx.values.Backup);
  return slotsOf(pool).filter(slot => !backup.has(slot));
};
