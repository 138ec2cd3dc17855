import type { Problem } from '../base/result.ts';
import type { Listen } from '../model/pool.ts';
import { healthKeys } from './keys/health-keys.ts';
import { nginxKeys } from './keys/nginx-keys.ts';
import { poolKeys } from './keys/pool-keys.ts';
import { scaleKeys } from './keys/scale-keys.ts';
import type { Assignment } from './lines.ts';
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
const DEFAULT_SLOTS = Array.from({ length: 10 }, (_, i) => i + 1);

/** What nginx dials: a socket that systemd holds is of either kind, as its slots are named. */
export const familyOf = ({ values: v, lineOf }: Sections['pool']): Listen =>
  v.Listen === 'unix' || (v.Listen === 'fd' && lineOf('Slots') > 0) ? 'unix' : 'tcp';

/** The key that names the pool's slots, as messages write it. */
export const slotKeyOf = (pool: Sections['pool']): 'Ports=' | 'Slots=' =>
  familyOf(pool) === 'unix' ? 'Slots=' : 'Ports=';

/** The slots that Ports= or Slots= name, backups included. */
export const slotsOf = (pool: Sections['pool']): number[] =>
  familyOf(pool) === 'unix' ? (pool.values.Slots ?? DEFAULT_SLOTS) : (pool.values.Ports ?? []);

/** Those of them that Min= to Max= instances may have. */
export const scaledSlots = ({ pool, nginx }: Pick<Sections, 'pool' | 'nginx'>): number[] => {
  const backup = new Set(nginx.values.Backup);
  return slotsOf(pool).filter(slot => !backup.has(slot));
};
