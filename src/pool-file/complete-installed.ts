import { isObject } from '../base/schema.ts';
import { type Installed, parseInstalled } from '../model/installed.ts';
import type { Tls } from '../model/site.ts';
import { parsePool } from './pool-file.ts';
import { defaultSite } from './site-file.ts';

/** What is known, at every depth of objects, and the defaults for what is not there. Lists are taken as they are. */
function filled(defaults: unknown, known: unknown): unknown {
  if (known === undefined) return defaults;
  if (!isObject(defaults) || !isObject(known)) return known;
  const keys = Object.keys({ ...defaults, ...known });
  return Object.fromEntries(keys.map(key => [key, filled(defaults[key], known[key])]));
}

/** Without these there is no TLS at all. */
const TLS: Omit<Tls, 'certificate' | 'key'> = { listen: [], redirect: false, hsts: null, stapling: null };

/** The least that a pool file can say. */
const SHORTEST_POOL_FILE = '[Pool]\nExec=/bin/true\nPorts=1024\n';

/** What a pool of before cannot have without: its name and what runs. */
const isNamed = (pool: unknown): pool is { name: string; exec: string; slots: unknown[] } =>
  isObject(pool) &&
  typeof pool.name === 'string' &&
  typeof pool.exec === 'string' &&
  Array.isArray(pool.slots);

function completePool(known: unknown): unknown {
  if (!isObject(known) || !isNamed(known.pool)) return known;
  const { name } = known.pool;
  const meant = (text: string): unknown => parsePool(`${name}.pool`, text).pool;
  // the text of a pool that is kept may be one that was refused
  const pool = filled(meant(String(known.source)) ?? meant(SHORTEST_POOL_FILE), known.pool);
  return { ...known, pool };
}

function completeSite(known: unknown): unknown {
  const found = filled(defaultSite(), known);
  return isObject(found) && isObject(found.tls) ? { ...found, tls: filled(TLS, found.tls) } : found;
}

const complete = (known: Record<string, unknown>): unknown => ({
  ...known,
  site: completeSite(known.site),
  pools: Array.isArray(known.pools) ? known.pools.map(completePool) : known.pools,
});

/**
 * A record of an install as read back. What one of an earlier program lacks is what each pool's text means by it now, so
 * that an update takes no pool for changed. Null when it is none, or damaged.
 */
export const completeInstalled = (known: unknown): Installed | null =>
  parseInstalled(known) ?? (isObject(known) && isObject(known.site) ? parseInstalled(complete(known)) : null);
