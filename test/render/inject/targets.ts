import { passThrough, sections } from '../../../src/pool-file/keys/keys.ts';
import { machineKeys, siteKeys } from '../../../src/pool-file/keys/site-keys.ts';

/** A place for a hostile value. */
export interface Target {
  where: 'pool' | 'site';
  section: string;
  key: string;
  /** A valid value. */
  example: string;
  /** The lines with a value in that place. */
  line: (value: string) => string;
}

type Table = Record<string, { example: string }>;

const keysOf = (where: Target['where'], tables: Record<string, Table>): Target[] =>
  Object.entries(tables).flatMap(([name, table]) =>
    Object.entries(table).map(([key, { example }]): Target => {
      const section = name.replace('NAME', 'qqschedule');
      return { where, section, key, example, line: value => `[${section}]\n${key}=${value}` };
    }),
  );

/** Passed-through sections: values of a directive, and the directive itself. */
const passed = Object.keys(passThrough).flatMap((section): Target[] => [
  ...['X-Note', 'User', 'Environment', 'UMask'].map(key => ({
    ...{
      where: 'pool' as const,
      section,
      key,
      example: 'a',
      line: (v: string) => `[${section}]\n${key}=${v}`,
    },
  })),
  { where: 'pool', section, key: 'KEY', example: 'X-Note', line: v => `[${section}]\n${v}=a` },
]);

const names: Target[] = [
  { where: 'pool', section: '', key: 'FILE', example: 'a-b', line: () => '' },
  { where: 'pool', section: '', key: 'HEADER', example: 'Service', line: v => `[${v}]\nX-Note=a` },
  { where: 'site', section: '', key: 'HEADER', example: 'Nginx', line: v => `[${v}]` },
  {
    ...{ where: 'pool', section: '', key: 'SCHEDULE', example: 'night' },
    line: v => `[Schedule ${v}]\nOnCalendar=20:00\nDuration=1h`,
  },
  ...['Pool', 'Health', 'Nginx'].map(
    (section): Target => ({
      ...{ where: 'pool', section: '', key: `KEY of ${section}`, example: 'Min' },
      line: v => `[${section}]\n${v}=1`,
    }),
  ),
];

/** Every key of a pool file, from the tables that parse them. */
export const KEYS: readonly Target[] = keysOf('pool', sections);

/** Every key of cgipool.conf, passed-through directives, and names. */
export const OTHERS: readonly Target[] = [
  ...keysOf('site', { Nginx: siteKeys, Machine: machineKeys }),
  ...passed,
  ...names,
];

export const TARGETS: readonly Target[] = [...KEYS, ...OTHERS];

/** Its name in a failure report. */
export const nameOf = ({ where, section, key }: Target): string => `${where} [${section}] ${key}`;
