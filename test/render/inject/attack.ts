import assert from 'node:assert/strict';
import { checkFleet } from '../../../src/pool/fleet.ts';
import type { Pool, Site } from '../../../src/pool/pool.ts';
import { parsePool } from '../../../src/pool/pool-file.ts';
import { parseSite } from '../../../src/pool/site-file.ts';
import { readCommands } from '../command-reader.ts';
import { poolOf, siteOf } from '../given.ts';
import { readUnit, valuesOf } from '../unit-reader.ts';
import { intended } from './intended.ts';
import { type Item, itemsOf, rendered } from './items.ts';
import { ownOf } from './own.ts';
import { full, type Lines, poolLines, shapeOf, siteLines, spell } from './shape.ts';
import type { Target } from './targets.ts';

const NOTHING = { section: '', key: '' };
const plainText = spell(poolLines(full('tcp')), NOTHING);
const plainPool = poolOf(plainText, 'qqname');
const plainSite = siteOf(spell(siteLines(full('tcp')), NOTHING));

const same = (a: readonly string[], b: readonly string[] | undefined): boolean =>
  a.length === b?.length && a.every((word, i) => word === b[i]);

/** What a pool runs is one command of an absolute path, in the sandbox. */
function isConfined(path: string, [section, key, value = '']: Item): void {
  // elsewhere it means nothing to systemd
  if (section !== 'Service' || key !== 'ExecStart' || !/cgipool-.*(@|metric)/.test(path)) return;
  const [command, ...more] = readCommands(value);
  assert.deepEqual(more, [], value);
  assert.match(command?.prefix ?? '', /^[-@:]*$/, value);
  assert.match(command?.words[0] ?? '', /^\//, value);
}

/** What no line that is passed on may say: other keys own it. */
const OWNED = ['ExecStart', 'Slice', 'BusName', 'PIDFile'];

/** Every text that comes of a pool and a site says what is meant, and nothing else. */
export function holds(file: string, text: string, pool: Pool, site: Site): void {
  const texts = rendered(pool, site);
  const own = ownOf(file, text, pool, site);
  assert.deepEqual(
    own.passed.filter(([section, key]) => section === 'Service' && OWNED.includes(key)),
    [],
  );
  const wanted = intended(shapeOf(pool, site), own);
  assert.deepEqual([...texts.keys()], [...wanted.keys()]);
  for (const [path, items] of wanted) {
    const found = itemsOf(path, texts.get(path) ?? '');
    if (found.length !== items.length || !items.every((item, i) => same(item, found[i])))
      assert.deepEqual(found, items, path);
    for (const item of items) isConfined(path, item);
  }
}

/** What came of a value: it was refused, or it is where it belongs. */
export type Outcome = 'refused' | 'held';

/** What the pool of an attack is like: with slots enough for a few instances, and without what the key would rule out. */
function linesFor(key: string, listen: 'tcp' | 'unix'): Lines {
  const { Pool: pool, Health: health, ...more } = poolLines(full(key === 'Slots' ? 'unix' : listen));
  const [ports, slots] = [pool?.Ports && '8000-8009', pool?.Slots && '1-10'];
  return {
    Pool: { ...pool, Ports: key === 'Listen' ? undefined : ports, Slots: slots },
    Health: { ...health, Command: key === 'Probe' ? undefined : health?.Command },
    ...more,
  };
}

function attackPool({ section, key, line }: Target, value: string, listen: 'tcp' | 'unix'): Outcome {
  const file = key === 'FILE' ? `${value}.pool` : 'qqname.pool';
  const lines = linesFor(key, key === 'Ports' ? 'tcp' : listen);
  const text = `${spell(lines, { section, key })}\n${line(value)}`;
  const [found] = checkFleet([parsePool(file, text)], plainSite);
  if (!found?.pool) {
    assert.ok(found && found.problems.length > 0, 'refused without a word');
    return 'refused';
  }
  assert.deepEqual(found.problems, []);
  holds(file, text, found.pool, plainSite);
  return 'held';
}

/** The words of a key, by an independent reading. */
function areGiven(text: string, site: Site): void {
  const words = (key: string): string[] => valuesOf(readUnit(text), 'Nginx', key);
  const list = (key: string): string[] => words(key).flatMap(value => value.split(/\s+/));
  assert.deepEqual(site.serverNames, list('ServerName'));
  assert.deepEqual(site.statusAllow, list('StatusAllow'));
  assert.deepEqual([site.control, site.accessLog], [...words('Control'), ...words('AccessLog')]);
  assert.deepEqual([site.listen, [site.nginxGroup]], [words('Listen'), words('Group')]);
  assert.deepEqual([site.tls?.certificate, site.tls?.key], [words('TLSCertificate')[0], words('TLSKey')[0]]);
  assert.deepEqual(site.acmeWebroot ?? undefined, words('ACMEWebroot')[0]);
  const { authorities, resolver } = site.tls?.stapling ?? {};
  if (site.tls?.stapling)
    assert.deepEqual([[authorities], resolver], [words('TLSAuthorities'), list('Resolver')]);
  // systemd takes a list of groups there, and specifiers
  assert.match(site.nginxGroup, /^[^\s%:]+$/);
  assert.deepEqual(site.tls?.listen ?? words('TLSListen'), words('TLSListen'));
}

/** Sites whose texts were looked at: a mistake mostly leaves the same one. */
const seen = new Set<string>();

/** A site with a mistake is rendered too, with the default in its place. */
function attackSite({ section, key, line }: Target, value: string): Outcome {
  const text = `${spell(siteLines(full('tcp')), { section, key })}\n${line(value)}`;
  const { site, problems } = parseSite('cgipool.conf', text);
  if (problems.length === 0 && section === 'Nginx') areGiven(text, site);
  const spelled = JSON.stringify(site);
  if (!seen.has(spelled)) holds('qqname.pool', plainText, plainPool, site);
  seen.add(spelled);
  return problems.length > 0 ? 'refused' : 'held';
}

/** As a file holds it: half a surrogate pair is no UTF-8. */
const inFile = (text: string): string => Buffer.from(text).toString();

/** Puts a value where it is aimed at, and throws unless it is refused or held. */
export const attack = (target: Target, value: string, listen: 'tcp' | 'unix'): Outcome =>
  target.where === 'site' ? attackSite(target, inFile(value)) : attackPool(target, inFile(value), listen);
