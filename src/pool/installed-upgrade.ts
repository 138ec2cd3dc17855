import { filled } from './filled.ts';
import { type Installed, type InstalledPool, isInstalled } from './installed.ts';
import type { Pool, Tls } from './pool.ts';
import { parsePool } from './pool-file.ts';
import { isObject, isText } from './shape.ts';
import { defaultSite } from './site-file.ts';

/** Without these there is no TLS at all. */
const tls: Omit<Tls, 'certificate' | 'key'> = { listen: [], redirect: false, hsts: null, stapling: null };
const entry: Pick<InstalledPool, 'retired' | 'source' | 'previous'> = {
  retired: [],
  source: '',
  previous: null,
};

/** The least that a pool file can say. */
const LEAST = '[Pool]\nExec=/bin/true\nPorts=1024\n';

const parsed = (name: string, text: string): Pool | null => parsePool(`${name}.pool`, text).pool;

/** What a pool of before cannot have without: its name and what runs. */
const isNamed = (pool: unknown): pool is { name: string; exec: string; slots: unknown[] } =>
  isObject(pool) && isText(pool.name) && isText(pool.exec) && Array.isArray(pool.slots);

function pool(known: unknown): unknown {
  const found = filled(entry, known);
  if (!isObject(found) || !isNamed(found.pool)) return known;
  const { name } = found.pool;
  // the text of a pool that is kept may be one that was refused
  const now = parsed(name, String(found.source)) ?? parsed(name, LEAST);
  return { ...found, pool: filled(now, found.pool) };
}

function site(known: unknown): unknown {
  const found = filled(defaultSite(), known);
  return isObject(found) && isObject(found.tls) ? { ...found, tls: filled(tls, found.tls) } : found;
}

/**
 * A record of an install as read back, one of an earlier version of the program, too: what has come since is what each
 * pool's text means by it now, so that an update takes no pool for changed. Null when it is none, or damaged.
 */
export function installedOf(known: unknown): Installed | null {
  if (!isObject(known) || !isObject(known.site) || !Array.isArray(known.pools)) return null;
  const now = { ...known, site: site(known.site), pools: known.pools.map(pool) };
  return isInstalled(now) ? now : null;
}
