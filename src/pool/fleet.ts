import type { Pool, Site } from './pool.ts';
import { type PoolFile, parsePool } from './pool-file.ts';
import type { Problem } from './result.ts';
import { defaultSite, parseSite, type SiteFile } from './site-file.ts';

/** All that /etc/cgipool says: the good pools and every mistake of every file. */
export interface Fleet {
  site: Site;
  pools: Pool[];
  problems: Problem[];
}

const isSite = (file: string): boolean => /(^|\/)cgipool\.conf$/.test(file);

/** Who was first to claim a port or a location, file by file in order of name. */
class Claims {
  #owners = new Map<string, string>();

  /** Claims it, or says who has it. */
  claim(what: string, owner: string): string | null {
    const other = this.#owners.get(what);
    if (other === undefined) this.#owners.set(what, owner);
    return other ?? null;
  }
}

function portConflict({ file, pool, lineOf }: PoolFile, claims: Claims): Problem[] {
  if (pool?.listen !== 'tcp') return [];
  for (const port of pool.slots) {
    const owner = claims.claim(`port ${port}`, file);
    if (owner !== null)
      return [{ file, line: lineOf.ports, message: `port ${port} belongs to ${owner} already` }];
  }
  return [];
}

function locationConflict({ file, pool, lineOf }: PoolFile, claims: Claims): Problem[] {
  const location = pool?.nginx.location ?? null;
  const owner = location === null ? null : claims.claim(`location ${location}`, file);
  return owner === null
    ? []
    : [{ file, line: lineOf.location, message: `Location=${location} belongs to ${owner} already` }];
}

const STATUS = '/pool-status';

/** Mistakes that only several files together make; the later file has them. */
function conflicts(files: readonly PoolFile[], site: Site): Map<string, Problem[]> {
  const claims = new Claims();
  claims.claim(`port ${site.control.split(':')[1]}`, "nginx's Control= of cgipool.conf");
  claims.claim(`location ${STATUS}`, 'the status of all pools');
  return new Map(files.map(f => [f.file, [...portConflict(f, claims), ...locationConflict(f, claims)]]));
}

function readSite(files: readonly { file: string; text: string }[]): SiteFile {
  const found = files.find(({ file }) => isSite(file));
  return found ? parseSite(found.file, found.text) : { site: defaultSite(), problems: [] };
}

/** Understands all files together. A pool with a mistake is left out; the others stand. */
export function parseFleet(files: readonly { file: string; text: string }[]): Fleet {
  const { site, problems } = readSite(files);
  const parsed = files
    .filter(({ file }) => !isSite(file))
    .sort((a, b) => (a.file < b.file ? -1 : 1))
    .map(({ file, text }) => parsePool(file, text));
  const between = conflicts(parsed, site);
  const isGood = (f: PoolFile): boolean => f.pool !== null && between.get(f.file)?.length === 0;
  const pools = parsed.filter(isGood).flatMap(f => (f.pool ? [f.pool] : []));
  const all = parsed.flatMap(f => [...f.problems, ...(between.get(f.file) ?? [])]);
  return { site, pools, problems: [...problems, ...all] };
}
