import type { Machine } from '../../tools/machine/machine.ts';
import { bringSearch } from '../e2e/chaos.ts';
import { bringEcho } from '../e2e/echo-pool.ts';

/** What changes about a pool from install to install. */
export interface Version {
  min: number;
  max: number;
  /** A header that nginx adds. */
  header: number;
  /** A variable of its workers: a change replaces them. */
  variable: number;
}

/** A pool of the run. */
export interface SoakPool {
  name: string;
  /** The most instances, without backups. */
  slots: number;
  first: Version;
  text: (version: Version) => string;
}

interface Lines {
  exec: string;
  /** Of [Pool]. */
  pool: string;
  /** Whole sections, and further lines of [Nginx], which comes last. */
  more?: string;
  nginx?: string;
}

const ECHO = `${process.execPath} /srv/echo.mjs`;
const SEARCH = '/srv/services/search %i';
/** It starts slower than most. */
const SLOW = `/bin/sh -c "sleep 2; exec $0 $1" ${ECHO}`;

const textOf =
  (name: string, { exec, pool, more = '', nginx = '' }: Lines) =>
  ({ min, max, header, variable }: Version): string =>
    [
      '[Pool]',
      `Exec=${exec}`,
      pool,
      `Min=${min}`,
      `Max=${max}`,
      more,
      '[Service]',
      `Environment=VERSION=${variable}`,
      '[Nginx]',
      `Location=/${name}`,
      `Set=add_header X-Version ${header}`,
      nginx,
    ].join('\n');

const given = (name: string, min: number, max: number, slots: number, lines: Lines): SoakPool => ({
  name,
  slots,
  first: { min, max, header: 1, variable: 1 },
  text: textOf(name, lines),
});

const QUICK = '[Health]\nInterval=1s';

const NEEDY = '[Unit]\nRequires=db.service\nAfter=db.service';

/** Thirteen pools that differ in all that a rollout or a scaling goes by. */
export const soakPools: readonly SoakPool[] = [
  given('echo', 2, 4, 6, { exec: ECHO, pool: 'Ports=8000-8005' }),
  given('search', 1, 4, 6, {
    exec: SEARCH,
    pool: 'Ports=8010-8015',
    more: '[Scale]\nConcurrency=2\nWindow=10s',
  }),
  given('unix', 1, 3, 5, { exec: ECHO, pool: 'Listen=unix\nSlots=1-5', more: QUICK }),
  given('held', 2, 3, 5, { exec: SEARCH, pool: 'Listen=fd\nPorts=8020-8024' }),
  given('asleep', 0, 3, 5, {
    exec: SEARCH,
    pool: 'Ports=8030-8034',
    more: '[Scale]\nIdleTimeout=5s\nWindow=5s',
  }),
  given('kept', 2, 3, 5, { exec: ECHO, pool: 'Ports=8040-8044', nginx: 'Keepalive=4' }),
  given('slow', 2, 3, 5, { exec: SLOW, pool: 'Ports=8050-8054' }),
  given('unasked', 2, 3, 5, { exec: ECHO, pool: 'Ports=8060-8064', more: '[Health]\nProbe=none' }),
  given('backed', 2, 3, 5, { exec: SEARCH, pool: 'Ports=8070-8075', nginx: 'Backup=8075' }),
  given('weighed', 3, 4, 6, { exec: ECHO, pool: 'Ports=8080-8085', nginx: 'Weight=auto' }),
  given('renewed', 2, 3, 5, { exec: SEARCH, pool: 'Ports=8090-8094\nMaxRequests=200' }),
  given('needy', 2, 3, 5, { exec: ECHO, pool: 'Ports=8110-8114', more: NEEDY }),
  given('limited', 1, 3, 5, { exec: ECHO, pool: 'Ports=8100-8104', more: '[Health]\nRequestTimeout=5s' }),
];

/** What one of them requires. */
const DB = '[Service]\nExecStart=/bin/sleep inf\n';

/** Installs all of them. */
export async function bringPools(m: Machine): Promise<void> {
  await bringEcho(m);
  await bringSearch(m);
  await m.write('/etc/systemd/system/db.service', DB);
  for (const { name, first, text } of soakPools) await m.pool(name, text(first));
  await m.install('--no-samples');
}
