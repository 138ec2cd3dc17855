import type { Problem } from '../base/result.ts';
import type { Pool } from '../model/pool.ts';
import type { Site } from '../model/site.ts';
import { Claims } from './claims.ts';
import { type PoolFile, parsePool } from './pool-file.ts';
import { defaultSite, parseSite, type SiteFile } from './site-file.ts';

/** All that /etc/cgipool says: the good pools and every mistake of every file. */
export interface Fleet {
  site: Site;
  pools: Pool[];
  problems: Problem[];
}

/** The text of one file below /etc/cgipool. */
export interface Source {
  file: string;
  text: string;
}

const isSite = ({ file }: Source): boolean => /(^|\/)cgipool\.conf$/.test(file);

const byFile = (a: { file: string }, b: { file: string }): number =>
  a.file < b.file ? -1 : a.file > b.file ? 1 : 0;

const fault = (found: PoolFile, more: readonly Problem[]): PoolFile => ({
  ...found,
  pool: null,
  problems: [...found.problems, ...more].sort((a, b) => a.line - b.line),
});

/**
 * Adds the mistakes that only several files together make. Of two pools that want the same, the one whose file name
 * sorts later has the mistake and is no pool any more. Files with a mistake come after all pools that can run: they are
 * told of all their conflicts, but take nothing away.
 */
export function checkFleet(files: readonly PoolFile[], site: Site): PoolFile[] {
  const claims = new Claims(site);
  const waiting: PoolFile[] = [];
  const good: PoolFile[] = [];
  for (const found of files.toSorted(byFile)) {
    const runs = found.pool !== null && claims.conflicts(found.file, found.wants).length === 0;
    (runs ? good : waiting).push(found);
    if (runs) claims.take(found.file, found.wants);
  }
  const faulty = waiting.map(found => {
    const problems = claims.conflicts(found.file, found.wants);
    claims.take(found.file, found.wants);
    return fault(found, problems);
  });
  return [...good, ...faulty].sort(byFile);
}

function readSite(sources: readonly Source[]): SiteFile {
  const found = sources.find(isSite);
  return found ? parseSite(found.file, found.text) : { site: defaultSite(), problems: [] };
}

/** Understands all files together. A pool with a mistake is left out; the others stand. */
export function parseFleet(sources: readonly Source[]): Fleet {
  const { site, problems } = readSite(sources);
  const files = sources.filter(source => !isSite(source)).map(({ file, text }) => parsePool(file, text));
  const checked = checkFleet(files, site);
  return {
    site,
    pools: checked.flatMap(({ pool }) => (pool ? [pool] : [])),
    problems: [...problems, ...checked.flatMap(found => found.problems)],
  };
}
