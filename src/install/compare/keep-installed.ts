import { basename, join } from 'node:path';
import type { Problem } from '../../base/result.ts';
import type { FileContent } from '../../host/files/files.ts';
import type { Installed } from '../../model/installed.ts';
import { poolFileOf } from '../../model/names.ts';
import type { Pool } from '../../model/pool.ts';
import type { Site } from '../../model/site.ts';
import { streamPorts } from '../../model/traits.ts';
import { Claims } from '../../pool-file/claims.ts';
import type { Fleet } from '../../pool-file/fleet.ts';
import type { PoolClaims } from '../../pool-file/pool-file.ts';
import type { Snapshot } from '../snapshots/snapshot.ts';
import type { ReadFleet } from './sources.ts';

const poolOf = (file: string): string => basename(file).replace(/\.pool$/, '');

/** What a parsed pool claims for itself alone. */
const wantsOf = ({ name, listen, slots, nginx }: Pool): PoolClaims => ({
  name,
  ports: [
    { line: 0, numbers: listen === 'tcp' ? slots : [] },
    { line: 0, numbers: streamPorts(nginx.stream) },
  ],
  location: { line: 0, path: nginx.location },
});

/** The installed pools whose files now have mistakes. */
function keptOf(good: readonly Pool[], problems: readonly Problem[], before: Installed | null): Pool[] {
  const names = new Set(good.map(pool => pool.name));
  const bad = new Set(problems.map(problem => poolOf(problem.file)));
  return (before?.pools ?? [])
    .map(({ pool }) => pool)
    .filter(({ name }) => bad.has(name) && !names.has(name));
}

interface Kept {
  pools: Pool[];
  /** Conflicts of good files with kept pools, which have precedence. */
  problems: Problem[];
}

/** The pools to install: the good ones, and for files with mistakes the installed ones, so that they keep serving. */
export function keepServing(
  { pools: good, problems, site }: Fleet,
  before: Installed | null,
  folder: string,
): Kept {
  const kept = keptOf(good, problems, before);
  const claims = new Claims(site);
  for (const pool of kept) claims.take(`${pool.name}.pool as installed`, wantsOf(pool));
  const conflicts = good.map(pool => claims.conflicts(join(folder, `${pool.name}.pool`), wantsOf(pool)));
  const pools = [...good.filter((_, i) => conflicts[i]?.length === 0), ...kept];
  return { pools: pools.sort((a, b) => (a.name < b.name ? -1 : 1)), problems: conflicts.flat() };
}

const isSiteFile = (file: string): boolean => basename(file) === 'cgipool.conf';

const hasBadSite = (problems: readonly Problem[]): boolean => problems.some(({ file }) => isSiteFile(file));

/** The site to install: with a mistake in cgipool.conf the installed one. */
export const keepSite = (site: Site, problems: readonly Problem[], before: Installed | null): Site =>
  (hasBadSite(problems) && before?.site) || site;

/**
 * The files of /etc/cgipool that an install puts into force: those that were read, and in place of one with a mistake the one
 * that is in force.
 */
export function filesInForce(
  { files, pools: good, problems }: ReadFleet,
  pools: readonly Pool[],
  present: Snapshot | null,
): Map<string, FileContent> {
  const kept = new Map(
    present?.files.flatMap(f => (f.text === null ? [] : [[f.name, { ...f, text: f.text }]])),
  );
  const names = pools.map(({ name }) => poolFileOf(name));
  const isGood = new Set(pools.filter(pool => good.includes(pool)).map(({ name }) => poolFileOf(name)));
  if (!hasBadSite(problems)) isGood.add('cgipool.conf');
  const inForce = [...names, 'cgipool.conf'].flatMap((name): [string, FileContent][] => {
    const file = (isGood.has(name) ? files : kept).get(name);
    return file ? [[name, { text: file.text, mode: files.get(name)?.mode ?? file.mode }]] : [];
  });
  return new Map(inForce);
}
