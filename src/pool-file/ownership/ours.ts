import { paths } from '../../model/paths.ts';
import { NGINX_UNIT } from '../../model/services.ts';
import type { Use } from './named.ts';

type Names = readonly string[];

/** The names of a path, without what changes nothing. /var/run is a link to /run. */
function namesOf(path: string): string[] {
  const names: string[] = [];
  for (const name of path.split('/'))
    if (name === '..') names.pop();
    else if (name !== '' && name !== '.') names.push(name);
  return names[0] === 'var' && names[1] === 'run' ? names.slice(1) : names;
}

/** A name that ends with `*` stands for all that begin so. */
const list = (...all: string[]): Names[] => all.map(namesOf);

const { pools, installed, busPolicy, polkitRules, site, streamBlock, sysusers, tmpfiles, upstreams, units } =
  paths;
const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/'));

/** What may be read: an administrator's own files are beside the pool files. */
const READABLE = list(pools);
const PRIVATE = list(folderOf(installed), '/run/cgipool', '/run/cgipool-*', folderOf(upstreams));
const FILES = list(busPolicy, polkitRules, site, streamBlock, sysusers, tmpfiles, `${units}/cgipool*`);
const OURS = [...READABLE, ...PRIVATE, ...FILES];
/** Of the directories that systemd makes for services, those of cgipool and of nginx. */
const MADE = ['/run', '/var/lib', '/var/cache', '/var/log', '/etc'].flatMap(base =>
  list(`${base}/cgipool`, `${base}/cgipool-*`, `${base}/nginx`),
);

/** A name of EnvironmentFile= may hold wildcards. */
const pattern = (name: string): RegExp =>
  new RegExp(
    `^${name
      .replace(/[.+^$(){}|\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  );

const fits = (name: string, ours: string): boolean =>
  (ours.endsWith('*') ? name.startsWith(ours.slice(0, -1)) : name === ours) ||
  (/[*?]/.test(name) && pattern(name).test(ours));

const isWithin = (names: Names, ours: Names): boolean => ours.every((name, i) => fits(names[i] ?? '', name));

/** At a place of ours, or around one: systemd gives the whole directory to the pool's user. */
const overlaps = (names: Names, ours: Names): boolean =>
  isWithin(names, ours) || (names.length > 0 && names.every((name, i) => fits(name, ours[i] ?? '')));

const isUnit = (name: string): boolean => /^cgipool[-.]/.test(name);

/** Whether a directive that uses a path or a unit so would take over, open, read, start or stop what is not the pool's. */
export const isOurs: Record<Use, (name: string) => boolean> = {
  makes: path => [...MADE, ...OURS].some(ours => overlaps(namesOf(path), ours)),
  opens: path => OURS.some(ours => isWithin(namesOf(path), ours)),
  reads: path => path.startsWith('/') && PRIVATE.some(ours => isWithin(namesOf(path), ours)),
  starts: isUnit,
  stops: unit => isUnit(unit) || unit === NGINX_UNIT,
  is: user => user === 'cgipool',
};
