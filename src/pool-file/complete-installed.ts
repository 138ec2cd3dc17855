import { isObject } from '../base/schema.ts';
import { type Installed, parseInstalled } from '../model/installed.ts';
import type { Tls } from '../model/site.ts';
import { parsePool } from './pool-file.ts';
import { defaultSite } from './site-file.ts';

/** `known`, with defaults for fields missing at any depth. Lists are kept as they are. */
function fillIn(defaults: unknown, known: unknown): unknown {
  if (known === undefined) return defaults;
  if (!isObject(defaults) || !isObject(known)) return known;
  const keys = Object.keys({ ...defaults, ...known });
  return Object.fromEntries(keys.map(key => [key, fillIn(defaults[key], known[key])]));
}

/** Defaults of TLS; a certificate and a key are required. */
const TLS_DEFAULTS: Omit<Tls, 'certificate' | 'key'> = {
  listen: [],
  redirect: false,
  hsts: null,
  stapling: null,
};

/** A pool file with all defaults. */
const SHORTEST_POOL_FILE = '[Pool]\nExec=/bin/true\nPorts=1024\n';

/** Whether a recorded pool has the fields that have no default. */
const isCompletable = (pool: unknown): pool is { name: string; exec: string; slots: unknown[] } =>
  isObject(pool) &&
  typeof pool.name === 'string' &&
  typeof pool.exec === 'string' &&
  Array.isArray(pool.slots);

function completePool(known: unknown): unknown {
  if (!isObject(known) || !isCompletable(known.pool)) return known;
  const { name } = known.pool;
  const parse = (text: string): unknown => parsePool(`${name}.pool`, text).pool;
  // the recorded text may have mistakes: the pool is then the one installed before it
  const pool = fillIn(parse(String(known.source)) ?? parse(SHORTEST_POOL_FILE), known.pool);
  return { ...known, pool };
}

function completeSite(known: unknown): unknown {
  const site = fillIn(defaultSite(), known);
  return isObject(site) && isObject(site.tls) ? { ...site, tls: fillIn(TLS_DEFAULTS, site.tls) } : site;
}

const complete = (known: Record<string, unknown>): unknown => ({
  ...known,
  site: completeSite(known.site),
  pools: Array.isArray(known.pools) ? known.pools.map(completePool) : known.pools,
});

/**
 * Reads the record of an install. Fields that an earlier version did not write are filled in from the text of each pool file,
 * so that an update does not treat pools as changed. Null if the record is damaged or something else.
 */
export const completeInstalled = (known: unknown): Installed | null =>
  parseInstalled(known) ?? (isObject(known) && isObject(known.site) ? parseInstalled(complete(known)) : null);
