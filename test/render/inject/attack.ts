import assert from 'node:assert/strict';
import type { Pool } from '../../../src/model/pool.ts';
import type { Site } from '../../../src/model/site.ts';
import { checkFleet } from '../../../src/pool-file/fleet.ts';
import { parsePool } from '../../../src/pool-file/pool-file.ts';
import { parseSite } from '../../../src/pool-file/site-file.ts';
import { poolOf, siteOf } from '../given.ts';
import { readUnit, valuesOf } from '../unit-reader.ts';
import { holds } from './holds.ts';
import { type Lines, poolLines, siteLines, spell } from './lines.ts';
import { full } from './shape.ts';
import type { Target } from './targets.ts';
import { plainly, type Way } from './way.ts';

const NOTHING = { section: '', key: '' };
const plainText = spell(poolLines(full(plainly('tcp'))), NOTHING);
const plainPool = poolOf(plainText, 'qqname');
const plainSite = siteOf(spell(siteLines(full(plainly('tcp'))), NOTHING));

/** The outcome of a value: refused, or accepted and held where it belongs. */
export type Outcome = 'refused' | 'held';

/** The attacked pool: with slots for a few instances, and without keys that the attacked one excludes. */
function linesFor(key: string, way: Way): Lines {
  const { Pool: pool, Health: health, Nginx: nginx, Scale: scale, ...more } = poolLines(full(way));
  const [ports, slots] = [pool?.Ports && '8000-8009', pool?.Slots && '1-10'];
  const isShared = key === 'Weight' || key === 'Backup';
  return {
    Pool: { ...pool, Ports: key === 'Listen' ? undefined : ports, Slots: slots },
    Health: { ...health, Command: key === 'Probe' ? undefined : health?.Command },
    Nginx: { ...nginx, Balance: isShared ? 'least_conn' : nginx?.Balance },
    Scale: { ...scale, Metric: key === 'MetricMaxAge' ? 'file:/qq/file' : scale?.Metric },
    ...more,
  };
}

const FAMILIES: Record<string, Way['listen']> = { Ports: 'tcp', Slots: 'unix', Backup: 'tcp' };

/** What a key requires of the script, or excludes. */
const SCRIPTS: Record<string, Partial<Way>> = {
  Script: { script: 'none' },
  Root: { script: 'none' },
  ScriptExtensions: { protocol: 'fastcgi', script: 'root' },
};

/** The way, adapted to keys that require a listen or exclude a script. */
const wayFor = (key: string, way: Way): Way => ({
  ...way,
  listen: FAMILIES[key] ?? way.listen,
  ...SCRIPTS[key],
});

/** A pool and a site, one with the accepted value, and the pool file. */
export interface Taken {
  file: string;
  text: string;
  pool: Pool;
  site: Site;
}

/** Parses a pool file with the value; null if it is refused. */
function takePool({ section, key, line }: Target, value: string, way: Way): Taken | null {
  const file = key === 'FILE' ? `${value}.pool` : 'qqname.pool';
  const lines = linesFor(key, wayFor(key, way));
  const text = `${spell(lines, { section, key })}\n${line(value)}`;
  const [found] = checkFleet([parsePool(file, text)], plainSite);
  if (!found?.pool) {
    assert.ok(found && found.problems.length > 0, 'refused without a problem');
    return null;
  }
  assert.deepEqual(found.problems, []);
  return { file, text, pool: found.pool, site: plainSite };
}

function attackPool(target: Target, value: string, way: Way): Outcome {
  const taken = takePool(target, value, way);
  if (taken) holds(taken.file, taken.text, taken.pool, taken.site);
  return taken ? 'held' : 'refused';
}

/** Asserts that the site has the values of its file, by an independent parse. */
function assertParsed(text: string, site: Site): void {
  const words = (key: string): string[] => valuesOf(readUnit(text), 'Nginx', key);
  const list = (key: string): string[] => words(key).flatMap(value => value.split(/\s+/));
  assert.deepEqual(site.serverNames, list('ServerName'));
  assert.deepEqual(site.statusAllow, list('StatusAllow'));
  assert.deepEqual([site.control, site.accessLog], [...words('Control'), ...words('AccessLog')]);
  assert.deepEqual(
    [site.listen, [site.nginxUser]],
    [words('Listen'), [...words('User'), ...words('Group')].slice(0, 1)],
  );
  assert.deepEqual([site.tls?.certificate, site.tls?.key], [words('TLSCertificate')[0], words('TLSKey')[0]]);
  assert.deepEqual(site.acmeWebroot ?? undefined, words('ACMEWebroot')[0]);
  const { authorities, resolver } = site.tls?.stapling ?? {};
  if (site.tls?.stapling)
    assert.deepEqual([[authorities], resolver], [words('TLSAuthorities'), list('Resolver')]);
  // systemd takes a list of groups there, and specifiers
  assert.match(site.nginxUser, /^[^\s%:]+$/);
  assert.deepEqual(site.tls?.listen ?? words('TLSListen'), words('TLSListen'));
}

/** Sites that were checked: most mistakes result in the same one. */
const seen = new Set<string>();

const siteText = ({ section, key, line }: Pick<Target, 'section' | 'key' | 'line'>, value: string): string =>
  `${spell(siteLines(full(plainly('tcp'))), { section, key })}\n${line(value)}`;

/** A site with a mistake is rendered too, with the default value. */
function attackSite({ section, key, line }: Target, value: string): Outcome {
  const text = siteText({ section, key, line }, value);
  const { site, problems } = parseSite('cgipool.conf', text);
  if (problems.length === 0 && section === 'Nginx') assertParsed(text, site);
  const spelled = JSON.stringify(site);
  if (!seen.has(spelled)) holds('qqname.pool', plainText, plainPool, site);
  seen.add(spelled);
  return problems.length > 0 ? 'refused' : 'held';
}

/** The text as read from a file: a lone surrogate is not UTF-8. */
export const inFile = (text: string): string => Buffer.from(text).toString();

function takeSite(target: Target, value: string): Taken | null {
  const { site, problems } = parseSite('cgipool.conf', siteText(target, value));
  return problems.length > 0 ? null : { file: 'qqname.pool', text: plainText, pool: plainPool, site };
}

/** Puts a value into its target; null if it is refused. */
export const take = (target: Target, value: string, way: Way): Taken | null =>
  target.where === 'site' ? takeSite(target, inFile(value)) : takePool(target, inFile(value), way);

/** Puts a value into its target. Throws unless it is refused or held. */
export const attack = (target: Target, value: string, way: Way): Outcome =>
  target.where === 'site' ? attackSite(target, inFile(value)) : attackPool(target, inFile(value), way);
