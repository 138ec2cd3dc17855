import type { Problem } from '../base/result.ts';
import type { Pool } from '../model/pool.ts';
import type { Site } from '../model/site.ts';
import { Claims } from './claims.ts';
import { type PoolFile, parsePool } from './pool-file.ts';
import { defaultSite, parseSite, type SiteFile } from './site-file.ts';

/** All files of /etc/cgipool, parsed: the good pools, and the mistakes of all files. */
export interface Fleet {
  site: Site;
  pools: Pool[];
  problems: Problem[];
  /** What good pools say that does not work. */
  warnings: Problem[];
}

/** The text of one file below /etc/cgipool. */
export interface Source {
  file: string;
  text: string;
}

const isSite = ({ file }: Source): boolean => /(^|\/)cgipool\.conf$/.test(file);

const byFile = (a: { file: string }, b: { file: string }): number =>
  a.file < b.file ? -1 : a.file > b.file ? 1 : 0;

const rejectPool = (found: PoolFile, more: readonly Problem[]): PoolFile => ({
  ...found,
  pool: null,
  problems: [...found.problems, ...more].sort((a, b) => a.line - b.line),
});

/**
 * Adds the conflicts between files. If two pools claim the same, the one whose file name sorts later is rejected. Files with
 * mistakes come after all good pools: their conflicts are reported, but they take nothing away from a good pool.
 */
export function checkFleet(files: readonly PoolFile[], site: Site): PoolFile[] {
  const owners = new Claims(site);
  const bad: PoolFile[] = [];
  const good: PoolFile[] = [];
  for (const found of [...files].sort(byFile)) {
    const isGood = found.pool !== null && owners.conflicts(found.file, found.claims).length === 0;
    (isGood ? good : bad).push(found);
    if (isGood) owners.take(found.file, found.claims);
  }
  const rejected = bad.map(found => {
    const problems = owners.conflicts(found.file, found.claims);
    owners.take(found.file, found.claims);
    return rejectPool(found, problems);
  });
  return [...good, ...rejected].sort(byFile);
}

function readSite(sources: readonly Source[]): SiteFile {
  const found = sources.find(isSite);
  return found ? parseSite(found.file, found.text) : { site: defaultSite(), problems: [] };
}

/** Parses all files together. A pool with a mistake is left out; the others are unaffected. */
export function parseFleet(sources: readonly Source[]): Fleet {
  const { site, problems } = readSite(sources);
  const files = sources.filter(source => !isSite(source)).map(({ file, text }) => parsePool(file, text));
  const checked = checkFleet(files, site);
  return {
    site,
    pools: checked.flatMap(({ pool }) => (pool ? [pool] : [])),
    problems: [...problems, ...checked.flatMap(found => found.problems)],
    warnings: checked.flatMap(({ pool, warnings }) => (pool ? warnings : [])),
  };
}
